import { BrowserWindow } from 'electron';
import { eventChannel } from '../contract/channels';
import type { Emit } from '../services/types';
import { parseEvent } from './ipc';
import { appPage } from './protocol';
import { webPreferences } from './security';

export interface WindowsOptions {
  preload: string;
  packaged: boolean;
  /** Headless: as large as the page needs, never asked where to be. */
  size: { width: number; height: number };
  log: (what: string, detail: Record<string, unknown>) => void;
}

export interface Windows {
  /** The window, made when there is none. */
  show(): BrowserWindow;
  current(): BrowserWindow | null;
  owns(webContentsId: number): boolean;
  /** Tells every window. */
  emit: Emit;
}

/** How often a window whose page died is loaded again before it is left alone. */
const maxReloads = 3;

export function createWindows({ preload, packaged, size, log }: WindowsOptions): Windows {
  let window: BrowserWindow | null = null;
  let reloads = 0;

  const open = (): BrowserWindow => {
    const made = new BrowserWindow({
      ...size,
      minWidth: 1024,
      minHeight: 640,
      title: 'Regio',
      // The dark theme's background: no white flash while the page loads.
      backgroundColor: '#0d1117',
      webPreferences: webPreferences(preload, packaged),
    });
    made.webContents.on('render-process-gone', (_event, { reason }) => {
      log('window process gone', { reason });
      if (reason !== 'clean-exit' && reloads++ < maxReloads) made.webContents.reload();
    });
    made.on('closed', () => {
      window = null;
    });
    made.loadURL(appPage).catch((error: Error & { code?: string }) => {
      log('page not loaded', { code: error.code ?? error.name });
    });
    return made;
  };

  return {
    show: () => {
      window ??= open();
      if (window.isMinimized()) window.restore();
      window.focus();
      return window;
    },
    current: () => window,
    owns: (webContentsId) => window?.webContents.id === webContentsId,
    emit: (name, payload) => {
      const parsed = parseEvent(name, payload, log);
      if (parsed !== null && window && !window.isDestroyed()) {
        window.webContents.send(eventChannel, name, parsed);
      }
    },
  };
}
