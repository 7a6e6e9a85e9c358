import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, ipcMain, protocol, session, shell } from 'electron';
import { invokeChannel } from '../contract/channels';
import { AppError } from '../core/app-error';
import { userFolders, type Emit } from '../services';
import { openBackend, type Backend } from './backend';
import { parseCommandLine } from './command-line';
import { importDemoVolumes, removeTemporaryFolders, runHeadlessDemo, temporaryFolders } from './demo';
import { serveScheme } from './electron-compat';
import { createHandlers } from './host-handlers';
import { createDispatcher } from './ipc';
import { openLog } from './logger';
import { installMenu } from './menu';
import { programPaths } from './program-paths';
import { appScheme, createResponder, schemePrivileges } from './protocol';
import { drawingSwitches, hardenContents, hardenSession, offlineSwitches, windowPartition } from './security';
import { claimSingleInstance } from './single-instance';
import { stackFrames } from './stack-frames';
import { createWindows } from './windows';

const commandLine = parseCommandLine(process.argv, app.isPackaged ? null : app.getAppPath(), process.cwd());
const headless = commandLine.demoHeadless;
const outFolder = commandLine.out ?? join(process.cwd(), 'out', 'demo');
const folders = headless ? temporaryFolders() : userFolders();
const paths = programPaths(app.getAppPath());
const logger = openLog(folders.data);
const log = (what: string, detail: Record<string, unknown> = {}): void => logger.info(detail, what);

/** How late the screen may lock. */
const lockCheckMs = 1000;

let backend: Backend | null = null;
let openStudyId: string | null = null;

// Before the app is ready: what Chromium may do, and where its own files go (nothing of a patient is in them).
for (const [name, value] of [...offlineSwitches, ...drawingSwitches])
  app.commandLine.appendSwitch(name, value);
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
mkdirSync(folders.data, { recursive: true, mode: 0o700 });
app.setPath('userData', join(folders.data, 'browser'));
protocol.registerSchemesAsPrivileged([schemePrivileges]);
hardenContents(app, log);

const windows = createWindows({
  preload: paths.preload,
  packaged: app.isPackaged,
  size: { width: 1440, height: 900 },
  log,
});

const handOver = (handed: readonly string[]): void => {
  windows.show();
  waiting.push(...handed);
  importWaiting();
};

/** Paths handed over while nobody may look at them wait for the next login. */
const waiting: string[] = [];
const importWaiting = (): void => {
  if (waiting.length === 0 || !backend?.services.isOpen()) return;
  const paths = waiting.splice(0);
  Promise.resolve(backend.services.handlers['import.paths']({ paths })).catch((error: unknown) =>
    log('import of handed paths failed', { code: AppError.from(error).code }),
  );
};

if (claimSingleInstance(app, commandLine.paths, handOver)) {
  app.whenReady().then(start).catch(fail);
} else {
  console.error('regio: already open; its window takes over.');
  app.exit(0);
}

async function start(): Promise<void> {
  log('start', {
    version: app.getVersion(),
    electron: process.versions.electron,
    platform: process.platform,
  });
  const emit: Emit = (name, payload) => {
    windows.emit(name, payload);
    if (name === 'session.changed') importWaiting();
  };
  const opened = openBackend({ folders, paths, softwareVersion: app.getVersion(), emit, log });
  backend = opened;
  setInterval(() => opened.services.tick(), lockCheckMs).unref();
  const { services, engine } = opened;

  hardenSession(session.defaultSession, app.isPackaged, log);
  const windowSession = session.fromPartition(windowPartition, { cache: false });
  hardenSession(windowSession, app.isPackaged, log);
  serveScheme(windowSession.protocol, appScheme, createResponder(paths.renderer, log));
  const handlers = createHandlers({
    services,
    dataFolder: folders.data,
    demo: commandLine.demo || headless,
    engineState: () => engine.state,
    openStudyId: () => openStudyId,
    window: windows.current,
  });
  const dispatch = createDispatcher({ handlers, log });
  ipcMain.handle(invokeChannel, ({ sender, senderFrame }, ...args) => {
    const isMainFrame = senderFrame !== null && senderFrame === sender.mainFrame;
    return dispatch({ url: senderFrame?.url ?? '', isMainFrame, isOwnWindow: windows.owns(sender.id) }, args);
  });

  if (headless) {
    await runHeadlessDemo({
      services,
      volumes: paths.demoVolumes,
      out: outFolder,
      print: (text) => process.stdout.write(text),
      openReview: (studyId) => {
        openStudyId = studyId;
        return windows.show();
      },
    });
    await quit(0);
    return;
  }
  const pick = (what: 'files' | 'folder') => () => void dispatchOwn(handlers['import.pick']({ what }));
  installMenu(
    {
      importFiles: pick('files'),
      importFolder: pick('folder'),
      showLog: () => shell.showItemInFolder(join(folders.data, 'logs', 'regio.log')),
      about: () => app.showAboutPanel(),
    },
    app.isPackaged,
  );
  void dispatchOwn(services.resume());
  if (commandLine.demo) await importDemoVolumes(services, paths.demoVolumes);
  handOver(commandLine.paths);
  // While the window's page loads, so that the list is there when it asks.
  if (services.isOpen())
    setImmediate(
      () => void dispatchOwn(Promise.resolve().then(() => handlers['studies.listText'](undefined))),
    );
}

/** A menu's request has no page to answer to. */
async function dispatchOwn(work: unknown): Promise<void> {
  try {
    await work;
  } catch (error) {
    log('menu request failed', { code: AppError.from(error).code });
  }
}

async function quit(code: number): Promise<void> {
  await backend?.close();
  if (headless) removeTemporaryFolders(folders);
  app.exit(code);
}

function fail(thrown: unknown): void {
  const error = AppError.from(thrown);
  log('start failed', { code: error.code });
  console.error(`regio: ${error.message} ${error.hint}`);
  const told = headless
    ? Promise.resolve()
    : dialog.showMessageBox({ type: 'error', title: 'Regio', message: error.message, detail: error.hint });
  void told.then(() => quit(1));
}

app.on('window-all-closed', () => {
  if (!headless) app.quit();
});
app.on('activate', () => windows.show());
app.on('before-quit', (event) => {
  if (!backend) return;
  event.preventDefault();
  void quit(0);
});
process.on('uncaughtException', (error) => log('uncaught', { name: error.name, at: stackFrames(error) }));
process.on('unhandledRejection', (reason) => log('unhandled', { at: stackFrames(reason) }));
