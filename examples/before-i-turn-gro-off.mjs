// What would turning GRO off move, and what would break? node examples/before-i-turn-gro-off.mjs sos-report-or-folder eth0
import { planChange, renderMessage } from 'wiretruth';
import { readHost } from 'wiretruth/node';

const host = await readHost(process.argv[2]);
const device = host.devices.get(process.argv[3]);
if (device === undefined) throw new Error(`devices of ${host.name}: ${[...host.devices.keys()].join(', ')}`);

const plan = planChange(host, host, device, [{ name: 'gro', state: 'off' }]);
console.log(`run:  ${plan.command.join(' ')}`);
console.log(`undo: ${plan.undo.join(' ')}`);
for (const { feature, from, to, asked } of plan.moves)
  console.log(`  ${feature}: ${from ? 'on' : 'off'} -> ${to ? 'on' : 'off'}${asked ? '' : ', which follows'}`);
for (const { feature } of plan.unmoved) console.log(`  ${feature} would not move`);
for (const risk of plan.risks) console.log(`  risk: ${renderMessage(risk, 'en')}`);
