// Properties run from one seed, so that a change is judged by what it changed. FC_SEED=random (or a number) looks elsewhere.

import fc from 'fast-check';

const asked = process.env['FC_SEED'];
if (asked !== 'random') fc.configureGlobal({ seed: asked === undefined ? 20_261_123 : Number(asked) });
