/**
 * Loaded before every test: properties ask the same random questions in each run. Another seed asks others, and a failure
 * under it is a fault: `SEED=7 npm test`.
 */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.SEED ?? 20_261_124) });
