/**
 * How well a text answers what was typed: every letter must come, in order; at starts of words and in a row they count more.
 * Null: not at all. Accents and case do not matter.
 */
export function fuzzyScore(typed: string, text: string): number | null {
  const wanted = [...plain(typed).replace(/\s+/g, '')];
  const letters = [...plain(text)];
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = bestAfter(letters, letter, at);
    if (next < 0) return null;
    const startsWord = next === 0 || /[^\p{L}\p{N}]/u.test(letters[next - 1]!);
    score += next === at + 1 ? 3 : startsWord ? 2 : 0;
    score -= Math.min(next - at - 1, 10) / 20;
    at = next;
  }
  return score - letters.length / 200;
}

/** The next place of a letter: the following one, else at the start of a word, else anywhere. */
function bestAfter(letters: readonly string[], letter: string, at: number): number {
  const next = letters.indexOf(letter, at + 1);
  if (next < 0 || next === at + 1) return next;
  for (let n = next; n >= 0; n = letters.indexOf(letter, n + 1))
    if (n === 0 || /[^\p{L}\p{N}]/u.test(letters[n - 1]!)) return n;
  return next;
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Those that answer, best first; all in their order where nothing is typed. */
export function fuzzyFilter<T>(typed: string, items: readonly T[], textOf: (item: T) => string): T[] {
  if (typed.trim() === '') return [...items];
  return items
    .map((item) => ({ item, score: fuzzyScore(typed, textOf(item)) }))
    .filter((found): found is { item: T; score: number } => found.score !== null)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}
