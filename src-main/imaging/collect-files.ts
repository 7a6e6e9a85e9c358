import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SkippedFile } from '../core/study/entities';
import { splitCopyPath } from '../core/study/copy-path';
import { stopIfCancelled, unreadable } from './errors';
import { maxDepth, maxFiles } from './limits';
import { statFile } from './open-source';
import { splitMemberPath } from './zip/member-path';

/**
 * All regular files under the paths, absolute, each once, in name order with numbers by value. Links to
 * folders are not followed; what cannot be read is listed, never thrown.
 */
export async function collectFiles(
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ files: string[]; skipped: SkippedFile[] }> {
  const files = new Set<string>();
  const skipped: SkippedFile[] = [];

  const visit = async (path: string, depth: number, named: boolean): Promise<void> => {
    stopIfCancelled(signal);
    if (files.size >= maxFiles) {
      if (!skipped.some((s) => s.reason.startsWith('Too many'))) {
        skipped.push({ file: path, reason: `Too many files at once: only ${maxFiles} are looked at.` });
      }
      return;
    }
    try {
      const found = await stat(path);
      if (found.isFile()) {
        files.add(path);
      } else if (found.isDirectory()) {
        if (depth > maxDepth) {
          skipped.push({ file: path, reason: `More than ${maxDepth} folders inside each other.` });
          return;
        }
        const entries = await readdir(path, { withFileTypes: true });
        if (entries.length === 0 && (named || hasEnding(path))) {
          skipped.push({ file: path, reason: 'An empty folder.' });
        }
        entries.sort((a, b) => byName(a.name, b.name));
        for (const entry of entries) {
          const inner = join(path, entry.name);
          if (entry.isSymbolicLink() && (await isFolder(inner))) {
            skipped.push({ file: inner, reason: 'A link to a folder is not followed.' });
          } else {
            await visit(inner, depth + 1, false);
          }
        }
      } else {
        skipped.push({ file: path, reason: 'Not a regular file.' });
      }
    } catch (error) {
      if ((error as { code?: string }).code === 'job.cancelled') throw error;
      const shape = unreadable(path, error);
      skipped.push({
        file: path,
        reason: named ? `${shape.message}.` : `It cannot be read: ${shape.message}.`,
      });
    }
  };

  for (const path of paths) {
    // A file in a zip, or a copy in the store, has a path of its own kind.
    const special = splitCopyPath(path) ?? (await splitMemberPath(path));
    if (special && (await statFile(path).catch(() => null))) files.add(path);
    else await visit(resolve(path), 0, true);
  }
  return { files: [...files], skipped };
}

/** A folder that is named like a file, `x.dcm`, may be taken for one. */
const hasEnding = (path: string): boolean =>
  /\.(dcm|nii|nrrd|nhdr|mha|mhd|hdr|png|jpe?g|tiff?|webp|zip|gz)$/i.test(path);

/** A link that leads nowhere is named by itself, not as a fault of its folder. */
const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const collator = new Intl.Collator('en', { numeric: true });
/** image2 before image10. */
export const byName = (a: string, b: string): number => collator.compare(a, b);
