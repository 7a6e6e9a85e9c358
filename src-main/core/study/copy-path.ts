/**
 * A file that was copied into the store has a path of its own kind: the name of the set that it came in, and its name there.
 * It says nothing of where the store lies, so that the store may move.
 */
const form = /^regio-copy:([0-9a-f]{64})!\/([^/\\]+)$/;

export const copyPath = (set: string, name: string): string => `regio-copy:${set}!/${name}`;

/** Null for every other path. */
export function splitCopyPath(path: string): { set: string; name: string } | null {
  const found = form.exec(path);
  return found && { set: found[1]!, name: found[2]! };
}

/** Whether a series' files are copies in the store. */
export const isCopied = ({ files }: { readonly files: readonly string[] }): boolean =>
  files.some((file) => splitCopyPath(file) !== null);
