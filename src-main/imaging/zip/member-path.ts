import { stat } from 'node:fs/promises';

/**
 * A file in a zip has the path of the zip, `!/` and its name in there, as in Java's `jar:` addresses. It is only ever a
 * name to look up in the zip's directory: nothing is written, and no part of it is resolved against a folder.
 */
const mark = '!/';

export const memberPath = (zip: string, name: string): string => `${zip}${mark}${name}`;

/** The zip and the name in it; null for any other path. A file of the disk whose path looks so comes first. */
export async function splitMemberPath(path: string): Promise<{ zip: string; name: string } | null> {
  if (!path.includes(mark) || (await isFile(path))) return null;
  for (let at = path.indexOf(mark); at > 0; at = path.indexOf(mark, at + 1)) {
    const zip = path.slice(0, at);
    if (await isFile(zip)) return { zip, name: path.slice(at + mark.length) };
  }
  return null;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
