import { AppError } from '../../core/app-error';
import type { User } from '../../contract/people';
import type { Store, UserRow } from '../../storage';
import type { Clock, ServiceHandlers } from '../types';
import { hashPassphrase } from './passphrase';
import type { Session } from './session';

type PeopleEndpoint =
  | 'session.current'
  | 'session.login'
  | 'session.unlock'
  | 'session.lock'
  | 'session.logout'
  | 'session.touch'
  | 'users.list'
  | 'users.create'
  | 'users.changePassphrase'
  | 'users.disable';

/** Readers of this workstation: who may log in, and who does. Everything is in the audit chain. */
export function createUsers(options: {
  store: Store;
  session: Session;
  clock: Clock;
  newId: () => string;
  cost: number;
}): Pick<ServiceHandlers, PeopleEndpoint> {
  const { store, session, clock, newId, cost } = options;

  const record = (type: string, about: UserRow, more: object = {}): void => {
    const by = session.user;
    store.appendAudit({
      at: clock.now().toISOString(),
      type,
      studyId: null,
      payload: {
        ...(by && { userId: by.userId, reviewer: by.name }),
        about: { userId: about.userId, name: about.name },
        ...more,
      },
    });
  };

  const known = (userId: string): UserRow => {
    const user = session.users().find((other) => other.userId === userId);
    if (user) return user;
    throw new AppError('not-found', 'This user is not known.', 'Open the list of users again.');
  };

  return {
    'session.current': () => {
      session.check();
      return session.state();
    },
    async 'session.login'({ name, passphrase }) {
      await session.login(name, passphrase);
      return session.state();
    },
    async 'session.unlock'({ passphrase }) {
      await session.unlock(passphrase);
      return session.state();
    },
    'session.lock'() {
      session.lock('asked');
      return session.state();
    },
    'session.logout'() {
      session.logout();
      return session.state();
    },
    'session.touch': () => session.touch(),

    'users.list': () => session.users().map(shown),

    async 'users.create'({ name, role, passphrase }) {
      session.assertRole('admin');
      const hash = await hashPassphrase(passphrase, cost);
      // After the wait: two may be made at once.
      const users = session.users();
      if (users.some((user) => user.name.toLowerCase() === name.toLowerCase())) {
        throw new AppError('request.invalid', 'Somebody has this name already.', 'Choose another name.', {
          field: 'name',
        });
      }
      const first = users.length === 0;
      const row: UserRow = {
        userId: newId(),
        name,
        role: first ? 'admin' : role,
        passphrase: hash,
        disabled: false,
        failures: 0,
        failedAt: null,
        createdAt: clock.now().toISOString(),
      };
      store.transaction(() => {
        session.save(row);
        record('user.created', row, { role: row.role });
      });
      if (first) session.enter(row.userId, 'session.login');
      return shown(row);
    },

    async 'users.changePassphrase'({ userId, own, passphrase }) {
      const user = known(userId);
      if (userId !== session.user?.userId) session.assertRole('admin');
      await session.proveAgain(own);
      const hash = await hashPassphrase(passphrase, cost);
      store.transaction(() => {
        session.save({ ...known(userId), passphrase: hash, failures: 0, failedAt: null });
        record('user.passphrase', user);
      });
    },

    'users.disable'({ userId, disabled }) {
      session.assertRole('admin');
      const user = known(userId);
      const admins = session.users().filter((other) => other.role === 'admin' && !other.disabled);
      if (disabled && admins.every((other) => other.userId === userId)) {
        throw new AppError(
          'request.invalid',
          'The last admin cannot be shut out.',
          'Make another admin first.',
        );
      }
      store.transaction(() => {
        session.save({ ...user, disabled });
        record(disabled ? 'user.disabled' : 'user.enabled', user);
      });
      if (disabled && session.user === null) session.logout();
    },
  };
}

const shown = ({ userId, name, role, disabled }: UserRow): User => ({ userId, name, role, disabled });
