// Is this loss, disorder, or only the way the capture was taken? node examples/loss-or-artefact.mjs capture.pcap
import { createExplainer } from 'wiretruth';
import { openCapture } from 'wiretruth/node';

const explainer = createExplainer({ captureIndex: 0 });
const { end } = await openCapture(process.argv[2], explainer.sink);
const measured = explainer.finish(end);
for (const { id, directions, duplicates } of measured.connections) {
  for (const { side, dataFrames, retransmissions: again, outOfOrder } of directions) {
    if (dataFrames === 0) continue;
    const { packets, fast, timeout, tailProbe, spurious } = again;
    console.log(
      `connection ${id}, ${side === 0 ? 'client' : 'server'}: ${packets} packets sent again ` +
        `(${fast} fast, ${timeout} after a timeout, ${tailProbe} tail probes), ${spurious} of them for nothing`,
    );
    console.log(`  first seen at: packets ${again.frames.rows.map((row) => row + 1).join(' ') || 'none'}`);
    console.log(`  ${outOfOrder.count} packets came late without being sent again`);
  }
  if (duplicates.count > 0)
    console.log(
      `  ${duplicates.count} frames are copies by a second tap: Wireshark calls them retransmissions, they are none`,
    );
}
if (measured.ackedUnseen.count > 0)
  console.log(`${measured.ackedUnseen.count} ranges were acknowledged but never captured: the capture lost them`);
