// What would a tap on the wire have seen? node examples/packets-on-the-wire.mjs capture.pcap 1448 wire.pcapng
// 1448 is the payload of a full segment: the MSS without the options of each packet (`wiretruth wire` finds it out itself).
import { openSync, writeSync } from 'node:fs';
import { createPcapngWriter, FrameLayers, LinkType, Segmenter } from 'wiretruth';
import { openCapture } from 'wiretruth/node';

const segmentBytes = Number(process.argv[3]);
const file = openSync(process.argv[4], 'w');
const writer = createPcapngWriter((bytes) => writeSync(file, bytes));
const layers = new FrameLayers();
const segmenter = new Segmenter();
const packet = new DataView(new ArrayBuffer(70_000));
const linkTypes = [];
let written = 0;

await openCapture(process.argv[2], {
  onInterface({ index, ...tap }) {
    linkTypes[index] = tap.linkType;
    writer.addInterface(tap);
  },
  onFirstTime: (epoch) => writer.startAt(epoch),
  onFrame(view, start, captured, original, time, tap) {
    const known = layers.parse(view, start, captured, original, linkTypes[tap] ?? LinkType.Ethernet);
    const count = known ? segmenter.begin(view, start, captured, layers, { segmentBytes }) : 1;
    written += count;
    if (count === 1) return writer.frame(view, start, captured, original, time, tap);
    for (let segment = 0; segment < count; segment++) {
      const length = segmenter.write(segment, packet, 0);
      writer.frame(packet, 0, length, segmenter.originalLength(segment), time, tap);
    }
  },
});
writer.flush();
console.log(`${written} packets of at most ${segmentBytes} bytes of payload`);
