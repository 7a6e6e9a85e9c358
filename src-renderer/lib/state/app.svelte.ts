import type { EndpointOutput } from '../../../src-main/contract/endpoints';
import type {
  InstalledModel,
  Job,
  Settings,
  SkippedFile,
  StudySummary,
} from '../../../src-main/contract/entities';
import type { SessionState } from '../../../src-main/contract/people';
import { invoke, listen } from '../api/client';
import { queueWords } from '../i18n/areas/queue';
import { notices as words } from '../i18n/areas/notices';
import { said, t } from '../i18n/i18n.svelte';
import { withFresh, withIdentity, withKnown } from './fresh-studies';
import { notices } from './notices.svelte';
import { painted } from './painted';
import { queue } from './queue.svelte';
import { session } from './session.svelte';

type ListHead = Pick<EndpointOutput<'studies.firstText'>, 'total' | 'states' | 'modalities' | 'flags'>;
/** More than a screen shows at once. */
const firstStudies = 60;

/** What the whole window shares: studies, jobs, models, settings, and which screen is open. */
class AppState {
  /** Replaced, never changed: thousands of studies are not watched field by field. */
  studies = $state.raw<readonly StudySummary[]>([]);
  loaded = $state(false);
  /** Of how many the first are there, until the rest of a long list has come; null: all are there. */
  head = $state.raw<ListHead | null>(null);
  /** Whether the list is looked at in the order in which main gives it, and all of it. */
  listsNewestFirst: () => boolean = () => false;
  /** Replaced, never changed. All that have not ended, and the last that have. */
  jobs = $state.raw<readonly Job[]>([]);
  models = $state<InstalledModel[]>([]);
  settings = $state<Settings>({
    version: 1,
    reviewer: '',
    institution: '',
    theme: 'dark',
    detectOnImport: true,
  });
  info = $state<EndpointOutput<'app.info'> | null>(null);
  /** Goes up when studies came or went. */
  imports = $state(0);
  engine = $state<'starting' | 'ready' | 'restarting' | 'stopped'>('starting');
  openStudyId = $state<string | null>(null);
  /** The page of users in place of the worklist. */
  showsUsers = $state(false);
  /** The models page in place of the worklist. */
  showsModels = $state(false);
  /** Files the last import did not take, until the person closes the list. */
  skipped = $state<SkippedFile[]>([]);

  get running(): Job[] {
    return this.jobs.filter((job) => job.state === 'queued' || job.state === 'running');
  }

  private refreshing: Promise<void> | null = null;
  private refreshAgain = false;
  private readonly changedIds = new Set<string>();
  private asking: ReturnType<typeof setTimeout> | null = null;

  async start(): Promise<void> {
    await session.start((state, before) => this.sessionChanged(state, before));
    listen('studies.changed', () => {
      this.imports++;
      void this.refresh();
    });
    listen('study.changed', ({ studyId }) => this.noteChanged(studyId));
    listen('models.changed', () => void this.refreshModels());
    listen('engine.changed', ({ state }) => (this.engine = state));
    listen('job.changed', (job) => this.take(job));
    this.info = await invoke('app.info');
    this.engine = this.info.engine;
    this.settings = await invoke('settings.get');
    if (!session.closed) await this.enter();
  }

  private async enter(): Promise<void> {
    this.settings = await invoke('settings.get');
    this.jobs = await invoke('jobs.list');
    void queue.start();
    await this.refresh();
    this.openStudyId ??= this.info?.openStudyId ?? (await invoke('place.get'))?.studyId ?? null;
    await this.refreshModels();
  }

  /** What names patients leaves the page with the session, and comes back with the same person at the same place. */
  private sessionChanged(state: SessionState, before: SessionState | null): void {
    if (state.state === 'open') {
      if (before?.state !== 'open' || before.user?.userId !== state.user?.userId)
        void this.attempt(() => this.enter());
      return;
    }
    this.studies = [];
    this.jobs = [];
    this.skipped = [];
    queue.leave();
    this.models = [];
    this.loaded = false;
    this.head = null;
    // Whoever comes next starts at their own place, which main knows.
    this.openStudyId = null;
    this.showsUsers = false;
    notices.clear();
  }

  private async refreshModels(): Promise<void> {
    await this.attempt(async () => {
      this.models = await invoke('models.list');
    });
  }

  /** Asks for the whole list, one question at a time: who asks meanwhile gets the answer to one more. */
  async refresh(): Promise<void> {
    if (this.refreshing) {
      this.refreshAgain = true;
      return this.refreshing;
    }
    this.refreshing = this.list();
    await this.refreshing;
  }

  private async list(): Promise<void> {
    try {
      do {
        this.refreshAgain = false;
        // For bench/worklist.mjs.
        performance.mark('worklist-asked');
        if (!this.loaded && this.listsNewestFirst()) await this.listFirst();
        const { summaries, identity } = await invoke('studies.listText');
        // Locked meanwhile: nothing of a patient comes back into the page.
        if (session.closed) return;
        const all = withIdentity(JSON.parse(summaries) as StudySummary[], identity);
        this.studies = this.head ? withKnown(all, this.studies) : all;
        this.head = null;
        this.loaded = true;
      } while (this.refreshAgain);
    } catch (error) {
      notices.fail(error);
    } finally {
      this.refreshing = null;
    }
  }

  /** Thousands of studies take longer to read than those that are seen at once take to be shown. */
  private async listFirst(): Promise<void> {
    const { summaries, identity, ...head } = await invoke('studies.firstText', { count: firstStudies });
    if (session.closed || head.total <= firstStudies) return;
    this.studies = withIdentity(JSON.parse(summaries) as StudySummary[], identity);
    this.head = head;
    this.loaded = true;
    await painted();
  }

  /** Many changes in a short time, as in a detection, are asked about together. */
  private noteChanged(studyId: string): void {
    this.changedIds.add(studyId);
    // In a study nobody sees the list, and the answer would hold up the reader's next decision.
    if (this.openStudyId === null) this.askSoon();
  }

  /** Asks about what changed while the list was not on the screen. */
  askSoon(ms = 80): void {
    if (this.changedIds.size > 0) this.asking ??= setTimeout(() => void this.askChanged(), ms);
  }

  private async askChanged(): Promise<void> {
    const studyIds = [...this.changedIds].slice(0, 500);
    for (const studyId of studyIds) this.changedIds.delete(studyId);
    this.asking = null;
    await this.attempt(async () => {
      const fresh = await invoke('studies.summaries', { studyIds });
      if (!session.closed) this.studies = withFresh(this.studies, studyIds, fresh);
    });
    this.askSoon();
  }

  private take(job: Job): void {
    const before = this.jobs.find((known) => known.jobId === job.jobId);
    let ended = 0;
    // A queue of hundreds must not push out the job that runs.
    this.jobs = [job, ...this.jobs.filter((known) => known.jobId !== job.jobId)].filter(
      (known) => known.endedAt === null || ended++ < 50,
    );
    if (before?.state === job.state) return;
    if (job.state === 'failed' && job.error)
      notices.add(
        'error',
        t(words.jobFailed, { job: said(job.title), message: said(job.error.message) }),
        said(job.error.hint),
      );
    if (job.state === 'done' && job.result?.kind === 'import') {
      this.skipped = job.result.skipped;
      const count = job.result.studyIds.length;
      notices.add('info', t(words.imported, { count }));
    }
    if (job.state === 'done' && job.result?.kind === 'training')
      notices.add('info', t(words.modelReady), t(words.modelReadyHint));
    if (job.state === 'done' && job.result?.kind === 'deidentification')
      notices.add('info', t(words.copiesWritten, { count: job.result.report.written }), job.result.folder);
    if (job.state === 'done' && job.result?.kind === 'export')
      notices.add(
        'info',
        t(job.result.preliminary ? words.preliminaryWritten : words.reportWritten),
        job.result.folder,
      );
  }

  leaveStudy(): void {
    this.openStudyId = null;
    void this.attempt(() => invoke('place.set', null));
  }

  async import(what: 'files' | 'folder'): Promise<void> {
    await this.attempt(() => invoke('import.pick', { what }));
  }

  async importPaths(paths: string[]): Promise<void> {
    if (paths.length > 0) await this.attempt(() => invoke('import.paths', { paths }));
  }

  /** @param ignoreGate score what the model's quality check turned away, too */
  async detect(studyId: string, modelId: string | null, ignoreGate = false): Promise<void> {
    await this.attempt(() => invoke('detection.start', { studyId, modelId, ignoreGate }));
  }

  async detectMany(studies: readonly StudySummary[]): Promise<void> {
    await this.attempt(async () => {
      const { refused } = await invoke('detection.startMany', {
        studyIds: studies.map(({ studyId }) => studyId),
      });
      const [first] = refused;
      if (first)
        notices.add('info', t(queueWords.refused, { count: refused.length, reason: said(first.message) }));
    });
  }

  async flag(studyIds: string[], flag: StudySummary['flags'][number], on: boolean): Promise<void> {
    await this.attempt(() => invoke('studies.flag', { studyIds, flag, on }));
  }

  async remove(studyIds: readonly string[]): Promise<void> {
    await this.attempt(async () => {
      for (const studyId of studyIds) await invoke('studies.remove', { studyId });
    });
    await this.refresh();
  }

  async cancel(jobId: string): Promise<void> {
    await this.attempt(() => invoke('jobs.cancel', { jobId }));
  }

  async change(part: Partial<Omit<Settings, 'version'>>): Promise<void> {
    await this.attempt(async () => {
      this.settings = await invoke('settings.set', part);
    });
  }

  /** Starts a job and waits for its end. A failed one is told where jobs are: here it only ends. */
  async finished(start: () => Promise<{ jobId: string }>): Promise<Job> {
    // Listened to from before its start: a short job may end before its id is known here.
    const ended: Job[] = [];
    let settle: ((job: Job) => void) | null = null;
    let wanted: string | null = null;
    const stop = listen('job.changed', (job) => {
      if (job.endedAt === null) return;
      ended.push(job);
      if (job.jobId === wanted) settle?.(job);
    });
    try {
      const { jobId } = await start();
      wanted = jobId;
      return (
        ended.find((job) => job.jobId === jobId) ?? (await new Promise<Job>((resolve) => (settle = resolve)))
      );
    } finally {
      stop();
    }
  }

  /** Runs what may fail, shows why it did, and says whether it went through. */
  async attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      notices.fail(error);
      return false;
    }
  }
}

export const app = new AppState();
