import fc from 'fast-check';

/**
 * Property tests draw the same cases in every run of `npm test`, so that a change fails by what it changed and not by chance.
 * `REGIO_SEED` gives them others: `npm run verify:full` draws new ones each time and says which.
 */
const seed = Number(process.env['REGIO_SEED'] ?? 20261127);
if (!Number.isSafeInteger(seed)) throw new Error('REGIO_SEED is a whole number');
fc.configureGlobal({ seed });
