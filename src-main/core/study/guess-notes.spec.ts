import { expect, it } from 'vitest';
import { guessedBodyPart, guessedModality, isGuess } from './guess-notes';

it('tells what was guessed from what is wrong', () => {
  expect(guessedBodyPart('HEAD', 'the description')).toBe(
    'The body part HEAD is guessed from the description.',
  );
  const guesses = [
    guessedBodyPart('BREAST', "the file's name or folder"),
    guessedBodyPart('LOWER LEG', 'the description'),
    ...Object.values(guessedModality),
  ];
  for (const sentence of guesses) expect(isGuess(sentence), sentence).toBe(true);
  for (const sentence of [
    'A picture without calibration: sizes are in pixels.',
    'The file names no transfer syntax; it was told from its first element.',
    'The body part is guessed',
    '',
  ])
    expect(isGuess(sentence), sentence).toBe(false);
});
