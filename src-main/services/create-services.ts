import { AppError } from '../core/app-error';
import type { ScanResult } from '../core/study/entities';
import type { EndpointName } from '../contract/endpoints';
import type { Job } from '../contract/entities';
import { Copies } from './copies';
import { Detection } from './detection';
import { deidentifyStudy } from './deidentify-study';
import { explainPoint } from './explain';
import { exportStudy } from './export';
import { flagStudies } from './flag-studies';
import { FineTuning } from './fine-tuning';
import { importScan, type ImportOutcome } from './import';
import { Jobs, type JobContext } from './jobs';
import { createMeasurements } from './measurements';
import { createModels } from './models';
import { createChooseResult } from './choose-result';
import { mutable } from './mutable';
import { cropFindings } from './pictures';
import { usualCost } from './people/passphrase';
import { assertReadByBoth, createDoubleReading } from './people/double-reading';
import { createAuditExport } from './people/audit-export';
import { createDrafts } from './people/drafts';
import { createPlaces } from './people/place';
import { Session } from './people/session';
import { createReading } from './people/reading';
import { readingWriter } from './people/reading-writer';
import { createSigning } from './people/signing';
import { createUsers } from './people/users';
import { assertShown, Views } from './people/view';
import { Priors } from './priors';
import { createReview } from './review';
import { SeriesReads } from './series-reads';
import { createSettings, lockMinutesOf } from './settings';
import { detail, readSeries, readStudy } from './studies';
import { Thumbnails } from './thumbnails';
import type { Emit, ServiceHandlers, Services, ServicesOptions } from './types';
import { Worklist } from './worklist';

/** Everything the program does for a person, without a window. Orchestration only: the work is in the folders below. */
export function createServices(options: ServicesOptions): Services {
  const { store, clock, newId, softwareVersion, passphraseCost: cost = usualCost } = options;
  const log = options.log ?? (() => undefined);
  const session: Session = new Session({
    store,
    clock,
    cost,
    lockMinutes: () => lockMinutesOf(settings.get()),
    changed: (state) => options.emit('session.changed', state),
  });
  // File names and titles are patients', too: nothing is told to a window that nobody may look at.
  const emit: Emit = (name, payload) => {
    if (session.isOpen) options.emit(name, payload);
  };
  const copies = new Copies(store, options.engine);
  const engine = copies.engine();
  const worklist = new Worklist(store);
  const reads = new SeriesReads({ store, engine, newId });
  const thumbnails = new Thumbnails({ store, engine, log });
  const changed = (what: { studyId: string; byReview?: true }): void => {
    reads.changed(what.studyId);
    emit('study.changed', what);
  };
  const studyChanged = (studyId: string): void => changed({ studyId });
  const settings = createSettings(store, options.defaultReviewer ?? '', session);
  const views = new Views({ session, settings });
  /** How many findings a detection made is locked away with them. */
  const shownJob = (job: Job): Job =>
    job.result?.kind === 'detection' && job.studyId !== null && store.getStudy(job.studyId)
      ? { ...job, result: views.of(readStudy(store, job.studyId)).lockedAway ? null : job.result }
      : job;
  const tell: Emit = (name, payload) =>
    name === 'job.changed' ? emit('job.changed', shownJob(payload as Job)) : emit(name, payload);
  const jobs = new Jobs({ clock, newId, emit: tell });
  const activeModels = () => settings.get().activeModels ?? {};
  const reviewer = () => settings.get().reviewer.trim();
  const detection = new Detection({
    store,
    engine,
    jobs,
    clock,
    newId,
    reviewer,
    activeModels,
    studyChanged,
    log,
  });
  const { ownModelsFolder } = options;
  const fineTuning = new FineTuning({ store, engine, settings, jobs, clock, emit, ownModelsFolder });

  const importPaths = async (
    paths: string[],
    volume: number | undefined,
    copy: boolean,
    { signal, progress }: JobContext,
  ) => {
    const put = (found: ScanResult): ImportOutcome =>
      importScan(found, { store, now: clock.now().toISOString(), newId });
    const scan = await engine.call('scan', { paths, volume }, { signal, onProgress: progress });
    const { studyIds, freshSeriesIds } = copy
      ? await copies.add(scan.series, { signal, onProgress: progress }, (series) => put({ ...scan, series }))
      : put(scan);
    studyIds.forEach(studyChanged);
    if (studyIds.length > 0) emit('studies.changed', {});
    if (settings.get().detectOnImport) await detectFresh(freshSeriesIds);
    return { kind: 'import' as const, studyIds, skipped: [...scan.skipped] };
  };

  /** The import has succeeded by now: a detection that cannot start must not make it a failure. */
  const detectFresh = async (seriesIds: readonly string[]): Promise<void> => {
    const studyIds = new Set(seriesIds.flatMap((seriesId) => store.getSeries(seriesId)?.studyId ?? []));
    for (const studyId of studyIds) {
      try {
        await detection.startWhereModelFits(studyId);
      } catch (error) {
        log(`detection after import did not start: ${AppError.from(error).code}`);
      }
    }
  };

  const pruneCopies = (): void => {
    copies.prune().catch((error: unknown) => log(`copies were not pruned: ${AppError.from(error).code}`));
  };
  if (copies.isUnfinished) pruneCopies();

  const places = createPlaces(store, session);
  const priors = new Priors({ store, engine, jobs, views });
  const writeReading = readingWriter({ store, settings, session, clock });
  const handlers: ServiceHandlers = {
    'settings.get': () => settings.get(),
    'settings.set': (change) => settings.set(change),

    'studies.list': () => worklist.list().map((summary) => views.summary(summary)),
    'studies.listText'() {
      const read = settings.get();
      return worklist.text(views.reader, (summary) => views.summary(summary, read));
    },
    'studies.firstText'({ count }) {
      const read = settings.get();
      return worklist.firstText(views.reader, count, (summary) => views.summary(summary, read));
    },
    'studies.summaries': ({ studyIds }) => worklist.some(studyIds).map((summary) => views.summary(summary)),
    'studies.flag': (request) => flagStudies({ store, clock, reviewer, studyChanged }, request),
    'studies.open'({ studyId }) {
      const snapshot = readStudy(store, studyId);
      return detail(views.of(snapshot), worklist.identityOf(snapshot.study), views);
    },
    'studies.remove'({ studyId }) {
      readStudy(store, studyId);
      for (const job of jobs.list()) if (job.studyId === studyId) jobs.cancel(job.jobId);
      copies.mark();
      store.transaction(() => {
        store.deleteStudy(studyId);
        store.appendAudit({ at: clock.now().toISOString(), type: 'study.removed', studyId, payload: null });
      });
      reads.changed(studyId);
      emit('studies.changed', {});
      pruneCopies();
    },

    'import.paths': ({ paths, volume, copy = settings.get().copyOnImport ?? false }) => ({
      jobId: jobs.start({
        kind: 'import',
        title: paths.length === 1 ? 'Import' : `Import of ${paths.length} items`,
        studyId: null,
        run: (context) => importPaths(paths, volume, copy, context),
      }),
    }),

    'import.volume'({ seriesId, volume }) {
      const { scanned } = readSeries(store, seriesId);
      if (!scanned.volume || volume >= scanned.volume.count) {
        throw new AppError(
          'request.invalid',
          `The file holds ${scanned.volume?.count ?? 1} volumes.`,
          'Ask for one of them.',
          { field: 'volume' },
        );
      }
      return {
        jobId: jobs.start({
          kind: 'import',
          title: `Import of volume ${volume + 1}`,
          studyId: null,
          run: (context) => importPaths([scanned.files[0]!], volume, false, context),
        }),
      };
    },

    'engine.status': () => engine.call('status', {}),

    'jobs.list': () => jobs.list().map(shownJob),
    'queue.get'() {
      const { waiting, ...queue } = jobs.queue('detection');
      const running = queue.running && shownJob(queue.running);
      return { ...queue, running, waiting: waiting.slice(0, 100), waitingCount: waiting.length };
    },
    'queue.pause': ({ paused }) => jobs.setPaused('detection', paused),
    'queue.clear': () => jobs.cancelWaiting('detection'),
    'jobs.cancel': ({ jobId }) => jobs.cancel(jobId),

    'series.readSlices': ({ seriesId, indices }) => thumbnails.first(() => reads.read(seriesId, indices)),

    'series.leave': ({ seriesId }) => reads.leave(seriesId),

    'series.thumbnail': ({ seriesId }) => thumbnails.get(seriesId),

    'series.explain': (request) => {
      assertShown(views.of(readStudy(store, request.studyId)));
      return explainPoint({ store, engine, activeModels }, request);
    },

    async 'findings.thumbnails'({ studyId, findingIds, size }) {
      const { series, findings } = views.of(readStudy(store, studyId));
      const wanted = findings.filter((f) => findingIds.includes(f.findingId));
      const crops = await cropFindings(engine, series, wanted, { size, drawBox: false });
      return [...crops].map(([findingId, { width, height, rgba }]) => ({
        findingId,
        width,
        height,
        rgba: rgba.buffer.slice(rgba.byteOffset, rgba.byteOffset + rgba.byteLength) as ArrayBuffer,
      }));
    },

    ...createModels({ store, engine, settings, clock, emit, ownModelsFolder }),
    ...fineTuning.handlers(),
    'detection.start': async ({ studyId, modelId, ignoreGate = false }) => ({
      jobId: await detection.start(studyId, modelId, ignoreGate),
    }),

    ...createMeasurements(store, views),
    'results.findings'({ studyId, resultSetId }) {
      assertShown(views.of(readStudy(store, studyId)));
      return mutable(store.findingsOf(studyId, resultSetId));
    },
    ...createChooseResult({ store, settings, session, views, write: writeReading, studyChanged }),
    'detection.startMany': ({ studyIds }) => detection.startMany(studyIds),

    ...createReview({
      store,
      engine,
      activeModels,
      settings,
      session,
      views,
      clock,
      newId,
      studyChanged: (studyId) => changed({ studyId, byReview: true }),
      distanceOf: (finding, prior) => priors.distanceOf(finding, prior),
    }),
    ...priors.handlers(),
    ...createUsers({ store, session, clock, newId, cost }),
    ...createAuditExport({ store, settings, session, clock }),
    ...places.handlers,
    ...createDrafts(session),
    ...createSigning({ store, settings, session, views, write: writeReading, studyChanged }),
    ...createReading({ store, views, write: writeReading, studyChanged }),
    ...createDoubleReading({ store, session, views, write: writeReading, studyChanged }),

    'deidentify.start'({ studyId, folder, ...asked }) {
      if (folder === null) throw noFolder();
      readStudy(store, studyId);
      const jobId = jobs.start({
        kind: 'deidentification',
        title: 'De-identification',
        studyId,
        run: (context) =>
          deidentifyStudy({ store, engine, clock, softwareVersion }, { studyId, folder, ...asked }, context),
      });
      return { jobId };
    },

    'export.start'({ studyId, formats, folder }) {
      if (folder === null) throw noFolder();
      const view = views.of(readStudy(store, studyId));
      assertReadByBoth(view);
      assertShown(view);
      const jobId = jobs.start({
        kind: 'export',
        title: `Export of ${formats.join(', ').toUpperCase()}`,
        studyId,
        run: (context) =>
          exportStudy(
            { store, engine, clock, newId, softwareVersion },
            settings.get(),
            { studyId, formats, folder },
            context,
          ),
      });
      return { jobId };
    },
  };

  return {
    handlers: whileOpen(handlers, session),
    assertOpen: (name) => session.assertOpen(name),
    isOpen: () => session.isOpen,
    tick: () => session.check(),
    forgetPlaces: () => places.forget(),
    waitForJob: (jobId) => jobs.wait(jobId),
    fileOf: (seriesId) => readSeries(store, seriesId).scanned.files[0]!,
    resume: () => detection.resume(),
    idle: async () => {
      await jobs.idle();
      await copies.idle();
      await thumbnails.idle();
    },
    close: async () => {
      await thumbnails.close();
      await jobs.close();
      await copies.idle();
    },
  };
}

/** Every handler refuses while nobody is logged in or the screen is locked, whoever calls it. */
function whileOpen(handlers: ServiceHandlers, session: Session): ServiceHandlers {
  const guarded = Object.entries(handlers).map(([name, handler]) => [
    name,
    (input: unknown): unknown => {
      session.assertOpen(name as EndpointName);
      return (handler as (input: unknown) => unknown)(input);
    },
  ]);
  return Object.fromEntries(guarded) as ServiceHandlers;
}

const noFolder = (): AppError =>
  new AppError('request.invalid', 'No folder was chosen.', 'Choose a folder to write to.', {
    field: 'folder',
  });
