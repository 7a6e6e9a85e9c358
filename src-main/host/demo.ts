import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { BrowserWindow } from 'electron';
import { AppError } from '../core/app-error';
import { runDemo, type DemoResult, type Folders, type Services } from '../services';
import { demoTable } from './demo-table';

/** Folders of their own, made anew: the headless demo never touches a person's studies. */
export function temporaryFolders(): Folders {
  const base = mkdtempSync(join(tmpdir(), 'regio-demo-'));
  return { data: join(base, 'data'), config: join(base, 'config') };
}

export function removeTemporaryFolders(folders: Folders): void {
  rmSync(dirname(folders.data), { recursive: true, force: true });
}

/** `npm start` with a window: the worklist holds the demo studies from the first start on. */
export async function importDemoVolumes(services: Services, volumes: readonly string[]): Promise<void> {
  const studies = await services.handlers['studies.list'](undefined);
  const here = new Set<string>();
  for (const { studyId } of studies) {
    const { series } = await services.handlers['studies.open']({ studyId });
    for (const { seriesId } of series) here.add(resolve(services.fileOf(seriesId)));
  }
  const missing = volumes.filter((path) => !here.has(resolve(path)));
  if (missing.length > 0) await services.handlers['import.paths']({ paths: missing });
}

export interface HeadlessDemo {
  services: Services;
  volumes: readonly string[];
  out: string;
  /** Opens the window on a study's review screen. */
  openReview: (studyId: string) => BrowserWindow;
  print: (text: string) => void;
}

/**
 * The main job in the real application without a person: import, detection, reports, and a picture of the review
 * screen with the first study's volume loaded.
 *
 * @throws AppError when a step fails.
 */
export async function runHeadlessDemo({ services, volumes, out, openReview, print }: HeadlessDemo) {
  mkdirSync(out, { recursive: true });
  const result: DemoResult = await runDemo({
    services,
    paths: [...volumes],
    outFolder: out,
    onStep: (step) => print(`demo: ${step}\n`),
  });
  const [first] = result.studyIds;
  const studyId = result.rows.find((row) => row.file.startsWith('brain1'))?.studyId ?? first;
  if (studyId === undefined)
    throw new AppError('not-found', 'The demo has no study.', 'Run the set-up again.');
  print('demo: opening the review screen\n');
  const picture = await capture(openReview(studyId));
  const screenshot = join(out, 'review.png');
  writeFileSync(screenshot, picture);
  print(demoTable({ ...result, files: [...result.files, screenshot] }, resolve('.')));
}

/** Until the page says that every viewport shows its slice; then a picture of it. */
async function capture(window: BrowserWindow): Promise<Buffer> {
  const ready = await window.webContents.executeJavaScript(`(${waitForViewports.toString()})(60000)`, true);
  if (ready !== true) {
    throw new AppError(
      'internal',
      'The review screen did not show the volume within a minute.',
      'See the log.',
    );
  }
  const image = await window.webContents.capturePage();
  return image.toPNG();
}

/** Runs in the page, so it may use nothing from here. True once [data-volume-loaded=true] is there. */
function waitForViewports(timeoutMs: number): Promise<boolean> {
  const page = globalThis as unknown as {
    document: { querySelector(s: string): unknown; documentElement: unknown };
    MutationObserver: new (work: () => void) => {
      observe(node: unknown, options: object): void;
      disconnect(): void;
    };
    requestAnimationFrame(work: () => void): void;
  };
  return new Promise((done) => {
    const isReady = () => page.document.querySelector('[data-volume-loaded="true"]') !== null;
    // Two frames more: what was just marked ready has then been painted.
    const painted = () => page.requestAnimationFrame(() => page.requestAnimationFrame(() => done(true)));
    if (isReady()) {
      painted();
      return;
    }
    const observer = new page.MutationObserver(() => {
      if (!isReady()) return;
      observer.disconnect();
      painted();
    });
    observer.observe(page.document.documentElement, { subtree: true, childList: true, attributes: true });
    setTimeout(() => done(false), timeoutMs);
  });
}
