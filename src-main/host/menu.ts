import { Menu, type MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  importFiles(): void;
  importFolder(): void;
  showLog(): void;
  about(): void;
}

/**
 * The reading keys (N, A, X, U, Ctrl+Z ...) belong to the page: the Edit entries show their keys but leave them to it.
 */
export function installMenu(actions: MenuActions, packaged: boolean): void {
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const left = { registerAccelerator: false };
  const template: MenuItemConstructorOptions[] = [
    {
      label: '&File',
      submenu: [
        { label: 'Import &files…', accelerator: 'CmdOrCtrl+O', click: () => actions.importFiles() },
        { label: 'Import f&older…', accelerator: 'CmdOrCtrl+Shift+O', click: () => actions.importFolder() },
        separator,
        { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo', ...left },
        { role: 'redo', ...left },
        separator,
        { role: 'cut', ...left },
        { role: 'copy', ...left },
        { role: 'paste', ...left },
        { role: 'selectAll', ...left },
      ],
    },
    {
      label: '&View',
      submenu: [
        { role: 'togglefullscreen' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        ...(packaged ? [] : [separator, { role: 'reload' as const }, { role: 'toggleDevTools' as const }]),
      ],
    },
    {
      label: '&Help',
      submenu: [
        { label: 'Show the &log file', click: () => actions.showLog() },
        { label: '&About Regio', click: () => actions.about() },
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
