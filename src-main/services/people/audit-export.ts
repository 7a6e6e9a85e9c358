import { AppError } from '../../core/app-error';
import type { Store } from '../../storage';
import type { SettingsService } from '../settings';
import type { Clock, ServiceHandlers } from '../types';
import type { Session } from './session';

/** Who did what, to be checked elsewhere: an admin's to take out, and in the chain itself. */
export const createAuditExport = (options: {
  store: Store;
  settings: SettingsService;
  session: Session;
  clock: Clock;
}): Pick<ServiceHandlers, 'audit.export'> => ({
  async 'audit.export'({ folder }) {
    const { store, settings, session, clock } = options;
    session.assertRole('admin');
    if (folder === null) {
      throw new AppError('request.invalid', 'No folder was chosen.', 'Choose a folder to write to.', {
        field: 'folder',
      });
    }
    const { renderAudit, writeFilesAtomically } = await import('../../exporters');
    const at = clock.now().toISOString();
    const { reviewer } = settings.get();
    const verification = store.verifyAudit();
    const files = renderAudit(store.listAudit(), verification, { exportedAt: at, exportedBy: reviewer });
    await writeFilesAtomically(folder, files);
    store.appendAudit({
      at,
      type: 'audit.exported',
      studyId: null,
      payload: {
        reviewer,
        ...(session.user && { userId: session.user.userId }),
        records: verification.records,
        problems: verification.problems.length,
      },
    });
    return { folder, files: files.map((file) => file.name), ...verification };
  },
});
