// Was this capture taken before or after TSO cut the packets? node examples/before-or-after-tso.mjs capture.pcap
import { createExplainer } from 'wiretruth';
import { openCapture } from 'wiretruth/node';

const where = {
  sender: 'above the sending NIC: before TSO',
  receiver: 'above the merge of the receiver: after TSO, and after GRO if it was on',
  between: 'on the wire: after TSO, before GRO',
  unknown: 'not to be told from this file',
};

const explainer = createExplainer({ captureIndex: 0 });
const { end } = await openCapture(process.argv[2], explainer.sink);
for (const connection of explainer.finish(end).connections) {
  for (const direction of connection.directions) {
    if (direction.dataFrames === 0) continue;
    const from = direction.side === 0 ? connection.client : connection.server;
    console.log(`data of ${from.ip}:${from.port} was captured ${where[direction.capturePoint]}`);
    console.log(
      `  ${direction.frames} frames captured, ${direction.wirePackets} packets on the wire (${direction.wireExactness})`,
    );
  }
}
