import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SkippedFile } from '../../core/study/entities';
import { readZipDirectory } from '../zip/directory';
import { memberPath, splitMemberPath } from '../zip/member-path';
import { openDicom } from './open';

const directoryRecordSequence = 0x00041220;
const referencedFileId = 0x00041500;

/** Entries of a missing disc would fill the list: so many are named one by one. */
const maxNamed = 20;

/**
 * The files that a DICOMDIR names (PS3.3 F.5), absolute, each once. A name leads down from the DICOMDIR's own folder or
 * nowhere; discs are copied in small letters often enough, so that case counts only where two files differ by nothing else.
 *
 * @throws AppError as openDicom.
 */
export async function readDicomdir(file: string): Promise<{ files: string[]; skipped: SkippedFile[] }> {
  const dicom = await openDicom(file);
  let named: string[][];
  try {
    named = dicom.dataset.items(directoryRecordSequence).map((record) => record.strings(referencedFileId));
  } finally {
    await dicom.source.close();
  }
  const tree = await treeOf(file);
  const found = new Set<string>();
  const skipped: SkippedFile[] = [];
  let more = 0;
  for (const parts of named) {
    // Patients, studies and series have records of their own, without a file.
    if (parts.length === 0) continue;
    const place = parts.every(isPlain) ? await tree.find(parts) : null;
    if (place !== null && place.found) {
      found.add(place.path);
      continue;
    }
    if (skipped.length >= maxNamed) {
      more++;
      continue;
    }
    skipped.push({
      file: place?.path ?? file,
      field: '(0004,1500)',
      reason:
        place === null
          ? 'The DICOMDIR names a file outside its folder.'
          : 'The DICOMDIR names it, but there is no such file.',
    });
  }
  if (more > 0) {
    skipped.push({
      file,
      field: '(0004,1500)',
      reason: `${more} further files that it names are not there.`,
    });
  }
  return { files: [...found], skipped };
}

/** PS3.10 section 8.2 allows capitals, digits and underscores; writers allow more, but nothing that leads elsewhere. */
const isPlain = (part: string): boolean =>
  part !== '' && part !== '.' && part !== '..' && !/[/\\:]/.test(part) && !hasControl(part);
// eslint-disable-next-line no-control-regex
const hasControl = (part: string): boolean => /[\x00-\x1f\x7f]/.test(part);

interface Tree {
  /** The file at these steps below the DICOMDIR; the path is what was looked for where it is not there. */
  find(parts: readonly string[]): Promise<{ path: string; found: boolean }>;
}

async function treeOf(file: string): Promise<Tree> {
  const member = await splitMemberPath(file);
  if (member) return zipTree(member.zip, member.name);
  const root = dirname(file);
  const listings = new Map<string, Promise<Listing>>();
  const list = (folder: string): Promise<Listing> => {
    const known = listings.get(folder) ?? listFolder(folder);
    listings.set(folder, known);
    return known;
  };
  return {
    find: async (parts) => {
      let path = root;
      for (const [n, part] of parts.entries()) {
        const kind = n === parts.length - 1 ? 'file' : 'folder';
        const name = pick((await list(path))[kind], part);
        if (name === null) return { path: join(root, ...parts), found: false };
        path = join(path, name);
      }
      return { path, found: true };
    },
  };
}

interface Listing {
  readonly file: readonly string[];
  readonly folder: readonly string[];
}

/** Links are left out: they may lead anywhere. */
async function listFolder(folder: string): Promise<Listing> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return {
    file: entries.filter((e) => e.isFile()).map((e) => e.name),
    folder: entries.filter((e) => e.isDirectory()).map((e) => e.name),
  };
}

async function zipTree(zip: string, dicomdir: string): Promise<Tree> {
  const { members } = await readZipDirectory(zip);
  const folder = dicomdir.slice(0, dicomdir.lastIndexOf('/') + 1);
  const byCase = new Map<string, string[]>();
  for (const name of members.keys()) {
    const key = name.toLowerCase();
    byCase.set(key, [...(byCase.get(key) ?? []), name]);
  }
  return {
    find: (parts) => {
      const wanted = folder + parts.join('/');
      const name = pick(byCase.get(wanted.toLowerCase()) ?? [], wanted);
      return Promise.resolve({ path: memberPath(zip, name ?? wanted), found: name !== null });
    },
  };
}

/** The name itself, else the only one that differs in case; `;1` is the version number of ISO 9660. */
function pick(names: readonly string[], wanted: string): string | null {
  if (names.includes(wanted)) return wanted;
  const like = names.filter((name) => name.replace(/;1$/, '').toLowerCase() === wanted.toLowerCase());
  return like.length === 1 ? like[0]! : null;
}
