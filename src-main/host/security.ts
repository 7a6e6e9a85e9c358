import type { App, Session, WebContents, WebPreferences } from 'electron';
import { navigationEvents, navigationUrl } from './electron-compat';
import { appOrigin, appPage } from './protocol';

export type SecurityLog = (what: string, detail?: Record<string, unknown>) => void;

/** In memory: no cache, storage or cookie of the window reaches the disk. */
export const windowPartition = 'regio';

/** Read back by an e2e test from the running window (RELIABILITY E5). */
export function webPreferences(preload: string, packaged: boolean): WebPreferences {
  return {
    preload,
    partition: windowPartition,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    // Spell checking downloads dictionaries.
    spellcheck: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    devTools: !packaged,
  };
}

/** Switches that must be set before the app is ready: nothing may resolve a name or phone home. */
export const offlineSwitches: readonly (readonly [string, string?])[] = [
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['no-proxy-server'],
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['dns-prefetch-disable'],
  ['no-pings'],
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
];

/**
 * Where there is no graphics card a processor plays one, for single pictures. Newer Chromium asks for this switch because web
 * pages could attack that; here only our own page draws.
 */
export const drawingSwitches: readonly (readonly [string, string?])[] = [['enable-unsafe-swiftshader']];

/** What the window may load: our own files, and what its scripts made themselves. */
export function isAllowedRequest(url: string, packaged: boolean): boolean {
  if (url.startsWith(`${appOrigin}/`)) return true;
  if (url.startsWith(`blob:${appOrigin}/`) || url.startsWith('data:')) return true;
  return !packaged && url.startsWith('devtools://');
}

/** For every web contents this program ever makes, whoever makes it. */
export function hardenContents(app: App, log: SecurityLog): void {
  app.on('web-contents-created', (_created, contents) => {
    for (const name of navigationEvents(process.versions.electron ?? '')) {
      contents.on(name as 'will-navigate', (event, second?: unknown) => {
        const url = navigationUrl(event, second);
        if (url === appPage) return;
        event.preventDefault();
        log('navigation blocked', { to: place(url) });
      });
    }
    contents.setWindowOpenHandler(({ url }) => {
      log('new window blocked', { to: place(url) });
      return { action: 'deny' };
    });
    contents.on('will-attach-webview', (event) => {
      event.preventDefault();
      log('webview blocked');
    });
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    if (app.isPackaged) closeDevTools(contents, log);
  });
}

function closeDevTools(contents: WebContents, log: SecurityLog): void {
  contents.on('devtools-opened', () => {
    contents.closeDevTools();
    log('developer tools closed');
  });
}

export function hardenSession(session: Session, packaged: boolean, log: SecurityLog): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    log('permission refused', { permission });
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, answer) => {
    const allowed = isAllowedRequest(details.url, packaged);
    if (!allowed) log('request blocked', { to: place(details.url), type: details.resourceType });
    answer({ cancel: !allowed });
  });
  session.on('will-download', (event) => {
    event.preventDefault();
    log('download blocked');
  });
}

/** Scheme and host only: a path or a query may hold a patient's name. */
function place(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return 'not a URL';
  }
}
