import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type { RegioBridge } from '../contract/bridge';
import { eventChannel, invokeChannel } from '../contract/channels';
import { pathOfFile } from './electron-compat';

/** Paths that a person dropped on this window: script in the page cannot name others to import. */
const dropped = new Set<string>();

const refuse = {
  ok: false as const,
  error: {
    code: 'request.invalid' as const,
    message: 'Only files that were dropped on the window can be imported this way.',
    hint: 'Drop the files again, or use Import.',
  },
};

const bridge: RegioBridge = {
  invoke: (name, input) => {
    if (name === 'import.paths') {
      const paths = (input as { paths?: unknown } | undefined)?.paths;
      if (Array.isArray(paths) && !paths.every((path) => dropped.has(path as string)))
        return Promise.resolve(refuse);
    }
    return ipcRenderer.invoke(invokeChannel, name, input);
  },
  on: (name, listener) => {
    const relay = (_event: IpcRendererEvent, sent: unknown, payload: unknown): void => {
      if (sent === name) listener(payload as Parameters<typeof listener>[0]);
    };
    ipcRenderer.on(eventChannel, relay);
    return () => {
      ipcRenderer.removeListener(eventChannel, relay);
    };
  },
  pathForFile: (file) => {
    if (!(file instanceof File)) return '';
    const path = pathOfFile(webUtils as typeof webUtils | undefined, file);
    if (path !== '') dropped.add(path);
    return path;
  },
};

contextBridge.exposeInMainWorld('regio', bridge);
