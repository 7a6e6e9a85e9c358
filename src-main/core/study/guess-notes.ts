/**
 * What had to be guessed of a series decides which model reads it, and is no fault of the series: people see it with a word
 * of its own, not as a warning. All such sentences are made here, so that they can be told from the others.
 */
export const guessedBodyPart = (
  bodyPart: string,
  from: 'the description' | "the file's name or folder",
): string => `The body part ${bodyPart} is guessed from ${from}.`;

export const guessedModality: Readonly<Record<'CT' | 'MR', string>> = {
  CT: 'The file names no modality; CT is guessed, since its values reach below -500.',
  MR: 'The file names no modality; MR is guessed from its values.',
};

export const guessWord = 'Guessed';

export const isGuess = (sentence: string): boolean =>
  sentence === guessedModality.CT ||
  sentence === guessedModality.MR ||
  /^The body part .+ is guessed from .+\.$/.test(sentence);
