// Comes before start-compiled.cjs where what runs for every packet is WebAssembly (explain): the rest has mostly run before V8 has
// optimised it, and the threads that optimise take the processors from those that work: 0.4 s of processor time for a thousand reports.
// V8 looks at this number again and again, so that it may be changed while it runs; code that was kept with another one is refused.

/** Bytes of code that a function runs through before V8 looks whether to optimise it, instead of 135,168. */
const INTERRUPT_BUDGET = 600_000;
require('node:v8').setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
