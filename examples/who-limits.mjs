// Who holds each connection back: receiver, sender, network or loss? node examples/who-limits.mjs capture.pcap
import { createExplainer } from 'wiretruth';
import { openCapture } from 'wiretruth/node';

const explainer = createExplainer({ captureIndex: 0 });
const { end } = await openCapture(process.argv[2], explainer.sink);
for (const connection of explainer.finish(end).connections) {
  for (const { side, busyNs, limits } of connection.directions) {
    if (busyNs === 0) continue;
    const shares = Object.entries(limits)
      .filter(([, share]) => share !== undefined && share > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([limit, share]) => `${limit} ${Math.round(share * 100)}%`);
    console.log(
      `connection ${connection.id}, ${side === 0 ? 'client' : 'server'}: busy ${(busyNs / 1e6).toFixed(0)} ms: ${shares.join(', ')}`,
    );
  }
}
