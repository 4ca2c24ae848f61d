// Why are the packets small? node examples/why-small-packets.mjs capture.pcap
import { buildConnection, createExplainer, diagnoseConnection, diagnosisContext } from 'wiretruth';
import { openCapture } from 'wiretruth/node';

const explainer = createExplainer({ captureIndex: 0 });
const { end } = await openCapture(process.argv[2], explainer.sink);
const measured = explainer.finish(end);
const context = diagnosisContext(measured, []);
for (const connection of measured.connections) {
  const { verdicts, beliefs } = diagnoseConnection(connection, context);
  const report = buildConnection(connection, verdicts, beliefs, { language: 'en', idOffset: 0 });
  for (const verdict of report.verdicts.filter(({ code }) => code.startsWith('small-packets'))) {
    console.log(`connection ${report.id}: ${verdict.claim} (${Math.round(verdict.confidence * 100)}% sure)`);
    for (const { text, filter } of verdict.evidence) console.log(`  ${text}\n  show: ${filter}`);
    for (const doubt of verdict.against) console.log(`  but: ${doubt}`);
  }
}
