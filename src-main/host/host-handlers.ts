import { join } from 'node:path';
import { app, dialog, shell, type BrowserWindow, type OpenDialogOptions } from 'electron';
import type { Settings } from '../contract/entities';
import type { EndpointHandlers, EndpointOutput } from '../contract/endpoints';
import { AppError } from '../core/app-error';
import type { Services } from '../services/types';

export interface HostContext {
  services: Services;
  dataFolder: string;
  demo: boolean;
  engineState: () => EndpointOutput<'app.info'>['engine'];
  openStudyId: () => string | null;
  window: () => BrowserWindow | null;
}

// A DICOMDIR has no ending: it is found in its folder, or among all files.
const imageEndings = 'dcm nii gz hdr img nrrd nhdr mha mhd png jpg jpeg tif tiff webp zip'.split(' ');
const importFilters = [
  { name: 'All files', extensions: ['*'] },
  { name: 'Medical images', extensions: imageEndings },
];

/** The services' handlers, and what only Electron can answer: dialogs, the file manager, versions. */
export function createHandlers(context: HostContext): EndpointHandlers {
  const { services } = context;
  /** The page may write only where a person said so in a dialog of this session. */
  const chosenFolders = new Set<string>();

  const ask = async (options: OpenDialogOptions): Promise<string[]> => {
    const window = context.window();
    const answer = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
    return answer.canceled ? [] : answer.filePaths;
  };

  /** The folder, asked for where it is null; null when the person cancels. */
  const folderToWrite = async (
    asked: string | null,
    title: string,
    buttonLabel: string,
  ): Promise<string | null> => {
    if (asked === null) {
      const [chosen] = await ask({ title, buttonLabel, properties: ['openDirectory', 'createDirectory'] });
      if (chosen === undefined) return null;
      chosenFolders.add(chosen);
      return chosen;
    }
    if (chosenFolders.has(asked)) return asked;
    throw new AppError(
      'request.invalid',
      'This folder was not chosen in the export dialog.',
      'Choose the folder in the dialog.',
      { field: 'folder' },
    );
  };

  /** The page's zoom is its text size: whatever is measured in the page stays right, the viewer's points too. */
  const sized = (settings: Settings): Settings => {
    context.window()?.webContents.setZoomFactor((settings.textSize ?? 100) / 100);
    return settings;
  };

  return {
    ...services.handlers,

    'settings.get': async (input) => sized(await services.handlers['settings.get'](input)),
    'settings.set': async (input) => sized(await services.handlers['settings.set'](input)),

    'app.info': () => ({
      version: app.getVersion(),
      electron: process.versions.electron ?? '',
      dataFolder: context.dataFolder,
      demo: context.demo,
      engine: context.engineState(),
      openStudyId: context.openStudyId(),
    }),

    'import.pick': async ({ what }) => {
      services.assertOpen('import.pick');
      const paths = await ask({
        title: what === 'files' ? 'Import files' : 'Import a folder',
        buttonLabel: 'Import',
        properties: what === 'files' ? ['openFile', 'multiSelections'] : ['openDirectory', 'multiSelections'],
        ...(what === 'files' && { filters: importFilters }),
      });
      return paths.length > 0 ? services.handlers['import.paths']({ paths }) : null;
    },

    'export.start': async (input) => {
      services.assertOpen('export.start');
      const folder = await folderToWrite(input.folder, 'Export the report to a folder', 'Export here');
      return folder === null ? null : services.handlers['export.start']({ ...input, folder });
    },

    'audit.export': async (input) => {
      services.assertOpen('audit.export');
      const folder = await folderToWrite(input.folder, 'Folder for the audit chain', 'Export here');
      return folder === null ? null : services.handlers['audit.export']({ folder });
    },

    'deidentify.start': async (input) => {
      services.assertOpen('deidentify.start');
      const folder = await folderToWrite(
        input.folder,
        'Folder for the de-identified copies',
        'De-identify here',
      );
      return folder === null ? null : services.handlers['deidentify.start']({ ...input, folder });
    },

    'export.reveal': async ({ jobId }) => {
      const jobs = await services.handlers['jobs.list'](undefined);
      const result = jobs.find((job) => job.jobId === jobId)?.result;
      if (result?.kind !== 'export' && result?.kind !== 'deidentification') {
        throw new AppError('not-found', 'This export is not known any more.', 'Open the folder by hand.');
      }
      const first = result.kind === 'export' ? result.files[0] : 'deidentification-report.txt';
      shell.showItemInFolder(first === undefined ? result.folder : join(result.folder, first));
    },
  };
}
