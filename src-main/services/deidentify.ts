import { createHmac } from 'node:crypto';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import type { DeidentifyAction, DeidentifyReport } from '../contract/deidentification';
import type { EngineInput } from '../contract/engine-protocol';
import { AppError } from '../core/app-error';
import { hasOverlayInPixels, judgeBurnedIn } from '../core/deidentification/burned-in';
import { tagText, textOf, type DataSet } from '../core/deidentification/data-set';
import { deidentify, patientKeyOf, type ActionTaken } from '../core/deidentification/deidentify';
import type { ProfileOption } from '../core/deidentification/profile';
import { createPseudonyms, type Pseudonyms } from '../core/deidentification/pseudonyms';
import { splitCopyPath } from '../core/study/copy-path';
import type { JobOptions } from '../core/study/entities';
import { removeStale, writeDicomFile, writeFilesAtomically, writeStreamAtomically } from '../exporters';
import { collectFiles, listArchive, lookUpTag, openWholeFile, rewritePixels, sniff } from '../imaging';
import { bareFile, isBareKind, type BareKind } from './deidentify-bare';
import { ActionSets, reportText, reportToPublish } from './deidentification-report';

type Input = EngineInput<'deidentify'>;
type Written = DeidentifyReport['files'][number];

export const deidentificationStandard =
  'DICOM PS3.15 Annex E, Table E.1-1 of edition 2024b (621 rows) with what came by 2026c (656 rows)';

/**
 * Writes de-identified copies of files, of all files in folders and of those in zips: DICOM by PS3.15 Annex E, pictures and
 * volumes without metadata. Sources are only read. Each file ends among `files` or among `skipped` with its reason.
 *
 * @throws AppError `request.invalid` (folders inside each other, options that exclude each other), `export.failed` where
 *   the output folder cannot be written to, `job.cancelled`
 */
export async function deidentifyFiles(input: Input, options: JobOptions = {}): Promise<DeidentifyReport> {
  const chosen = new Set<ProfileOption>(input.options);
  if (chosen.has('retain-long-full-dates') && chosen.has('retain-long-modified-dates'))
    throw invalid('Dates are either kept or shifted.', 'Choose one of the two options.');
  const out = await openOutFolder(input.outFolder, input.paths);
  const run = new Run(out, chosen, input, options.signal);
  const { files, skipped } = await collectFiles(input.paths, options.signal);
  run.skipped.push(...skipped);
  let done = 0;
  for (const file of files) {
    await run.one(file);
    options.onProgress?.(++done / files.length, `${done} of ${files.length} files`);
  }
  const report = run.report();
  await writeReport(out, report);
  return report;
}

class Run {
  readonly skipped: DeidentifyReport['skipped'] = [];
  private readonly files: Written[] = [];
  private readonly actionSets = new ActionSets();
  private readonly pseudonyms: Pseudonyms;
  private readonly folders = new Set<string>();
  private readonly outputs = new Set<string>();
  /** Sources of what was written beside DICOM. */
  private readonly read = new Set<string>();

  constructor(
    private readonly out: string,
    private readonly options: ReadonlySet<ProfileOption>,
    private readonly input: Input,
    private readonly signal: AbortSignal | undefined,
  ) {
    const key = Buffer.from(input.secret, 'hex');
    this.pseudonyms = createPseudonyms((text) => createHmac('sha256', key).update(text, 'latin1').digest());
  }

  report(): DeidentifyReport {
    return {
      profile: 'basic',
      standard: deidentificationStandard,
      options: [...this.options],
      pseudonyms: this.input.secretKept ? 'kept' : 'this-run',
      files: this.files,
      actionSets: this.actionSets.sets,
      // Voxels that went with their header are no file to be told about.
      skipped: this.skipped.filter(({ file }) => !this.read.has(file)),
    };
  }

  async one(file: string): Promise<void> {
    if (this.signal?.aborted) throw cancelled();
    try {
      const { kind } = await sniff(file);
      if (kind === 'dicom' || kind === 'dicomdir') await this.dicom(file);
      else if (isBareKind(kind)) await this.bare(file, kind);
      else if (kind === 'zip') await this.archive(file);
      else this.skip(file, kind === 'empty' ? 'The file is empty.' : notImages, 'kind');
    } catch (error) {
      const { code, message, details } = AppError.from(error);
      if (code === 'job.cancelled' || code === 'export.failed') throw error;
      this.skip(file, message, details?.field ?? code);
    }
  }

  /** Each file of a zip by itself; the zip is neither copied nor unpacked. */
  private async archive(file: string): Promise<void> {
    const { files, skipped } = await listArchive(file);
    for (const { file: entry, reason } of skipped) this.skip(entry, reason, 'zip entry');
    for (const entry of files) await this.one(entry);
  }

  private skip(file: string, reason: string, field: string): void {
    this.skipped.push({ file, reason, field });
  }

  private async dicom(file: string): Promise<void> {
    const whole = await openWholeFile(file);
    try {
      const { dataSet, sopClassUid } = whole;
      const refusal = refusalOf(sopClassUid, dataSet);
      if (refusal) return this.skip(file, ...refusal);
      const burnedIn = judgeBurnedIn(dataSet);
      const { verdict, suspect } = whole.dicom.pixelData
        ? burnedIn
        : ({ verdict: 'keep', suspect: null } as const);
      if (verdict === 'withhold' && !this.input.keepBurnedIn)
        return this.skip(file, `${suspect} It was not written.`, tagText(0x00280301));
      const pixels = await rewritePixels(
        whole,
        {
          keepOnly: verdict === 'mask' ? burnedIn.regions : null,
          storedBitsOnly: hasOverlayInPixels(dataSet),
        },
        this.signal,
      );
      const { dataSet: clean, actions } = deidentify(dataSet, {
        options: this.options,
        pseudonyms: this.pseudonyms,
        dictionary: lookUpTag,
        software: this.input.software,
      });
      const written = new Map(clean);
      written.set(0x00080016, {
        tag: 0x00080016,
        vr: 'UI',
        value: Buffer.from(sopClassUid, 'latin1'),
        items: null,
      });
      for (const tag of pixels?.dropped ?? []) written.delete(tag);
      for (const element of pixels?.changed ?? []) written.set(element.tag, element);
      const place = this.place(dataSet);
      if (this.outputs.has(place.output))
        return this.skip(file, 'The same image as one before it.', 'double');
      await this.makeFolder(place.folder);
      const syntax =
        pixels?.transferSyntaxUid ?? (whole.implicit ? '1.2.840.10008.1.2' : '1.2.840.10008.1.2.1');
      await writeDicomFile(join(this.out, place.folder), place.name, written, syntax, pixels);
      this.wrote({
        source: file,
        output: place.output,
        format: 'dicom',
        actions: this.actionSets.indexOf(actions.map(toReport)),
        masked: verdict === 'mask',
        burnedIn: [suspect, pixels?.unseen ? unseen : null].filter(Boolean).join(' '),
      });
    } finally {
      await whole.close();
    }
  }

  /** Names made of pseudonyms: the same instance always gets the same one, and none says whose it is. */
  private place(set: DataSet): { folder: string; name: string; output: string } {
    const code = (kind: string, tag: number): string => this.pseudonyms.code(kind, textOf(set.get(tag)));
    const folder = [
      `ANON-${this.pseudonyms.code('patient', patientKeyOf(set))}`,
      `study-${code('study', 0x0020000d)}`,
      `series-${code('series', 0x0020000e)}`,
    ].join('/');
    const name = `${code('instance', 0x00080018)}.dcm`;
    return { folder, name, output: `${folder}/${name}` };
  }

  private async bare(file: string, kind: BareKind): Promise<void> {
    const bare = await bareFile(file, kind);
    const { folder, format, outputs } = bare;
    const code = this.pseudonyms.code(folder === 'photos' ? 'photo' : 'volume', bare.contentHash);
    const counts = new Map<string, number>();
    for (const part of bare.removed) counts.set(part, (counts.get(part) ?? 0) + 1);
    const actions = [...counts].map(([tag, count]): DeidentifyAction => ({
      tag,
      name: '',
      action: 'removed',
      because: 'metadata',
      count,
    }));
    const names = outputs.map((o, n) => `${code}${outputs.length > 1 ? `-${n + 1}` : ''}.${o.ending}`);
    if (names.some((name) => this.outputs.has(`${folder}/${name}`)))
      return this.skip(file, 'The same content as one before it.', 'double');
    await this.makeFolder(folder);
    for (const [n, name] of names.entries()) {
      if (this.signal?.aborted) throw cancelled();
      await writeStreamAtomically(join(this.out, folder), name, outputs[n]!.bytes());
      this.wrote({
        ...{ source: file, output: `${folder}/${name}`, format, burnedIn: bare.suspect },
        actions: this.actionSets.indexOf(actions),
        masked: false,
      });
    }
    for (const source of bare.sources) this.read.add(source);
  }

  private async makeFolder(folder: string): Promise<void> {
    if (this.folders.has(folder)) return;
    const path = join(this.out, folder);
    try {
      await mkdir(path, { recursive: true });
      await removeStale(path);
    } catch (cause) {
      throw new AppError(
        'export.failed',
        'The output folder cannot be written to.',
        'Choose another folder.',
        { file: this.out },
        { cause },
      );
    }
    this.folders.add(folder);
  }

  private wrote(file: Written): void {
    this.files.push(file);
    this.outputs.add(file.output);
  }
}

const notImages = 'Neither DICOM nor a picture nor a volume that Regio reads.';

const cancelled = (): AppError => new AppError('job.cancelled', 'It was cancelled.', 'Start it again.');

const unseen = 'The pixels are compressed in a way that cannot be looked into.';

/** Objects that no rule makes safe, or that say too little: reason and field. */
function refusalOf(sopClassUid: string, set: DataSet): [reason: string, field: string] | null {
  if (sopClassUid === '1.2.840.10008.1.3.10')
    return ['A DICOMDIR index; the files it lists are read.', '(0008,0016)'];
  if (sopClassUid === '') return ['The SOP Class UID is missing.', '(0008,0016)'];
  if (sopClassUid.startsWith('1.2.840.10008.5.1.4.1.1.104'))
    return ['An encapsulated document: what it says cannot be cleaned.', '(0042,0011)'];
  const missing = [0x00080018, 0x0020000d, 0x0020000e].find((tag) => textOf(set.get(tag)) === '');
  return missing === undefined ? null : [`${tagText(missing)} is missing.`, tagText(missing)];
}

const toReport = ({ path, name, action, because, count }: ActionTaken): DeidentifyAction => ({
  tag: path.map(tagText).join('>'),
  ...{ name, action, because, count },
});

const invalid = (message: string, hint: string): AppError => new AppError('request.invalid', message, hint);

/** Makes the folder. Sources stay as they are only where neither lies inside the other. */
async function openOutFolder(folder: string, sources: readonly string[]): Promise<string> {
  const made = resolve(folder);
  try {
    await mkdir(made, { recursive: true });
    const out = await realpath(made);
    for (const source of sources) {
      if (splitCopyPath(source)) continue;
      const real = await realpath(source).catch(() => resolve(source));
      if (isInside(out, real) || isInside(real, out))
        throw invalid(
          'The output folder lies inside the sources, or they in it.',
          'Choose a folder beside them.',
        );
    }
    await removeStale(out);
    return out;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'export.failed',
      `The output folder ${basename(made)} cannot be made or written to.`,
      'Choose another folder.',
      { file: made },
      { cause: error },
    );
  }
}

const isInside = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);

/** Beside the files, numbered where a run before this one left its own. */
async function writeReport(out: string, report: DeidentifyReport): Promise<void> {
  let stem = 'deidentification-report';
  for (let n = 2; await stat(join(out, `${stem}.json`)).then(Boolean, () => false); n++)
    stem = `deidentification-report-${n}`;
  const json = `${JSON.stringify(reportToPublish(report), null, 1)}\n`;
  await writeFilesAtomically(out, [
    { name: `${stem}.json`, bytes: Buffer.from(json) },
    { name: `${stem}.txt`, bytes: Buffer.from(reportText(report)) },
  ]);
}
