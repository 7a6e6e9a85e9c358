import { AppError } from '../core/app-error';
import type { OpenedVolumeBundle } from './bundle/read';
import type { Detector } from './detector';

/** @throws AppError model.invalid */
export function loadVolumeDetector(opened: OpenedVolumeBundle): Promise<Detector> {
  throw new AppError(
    'model.invalid',
    `${opened.bundle.name} reads volumes in 3D, which this version cannot yet.`,
    'Install a model made for this program.',
    { file: opened.bundle.folder },
  );
}
