import { AppError } from '../../core/app-error';
import { secondsLeft } from '../../core/reading/login-wait';
import type { UserRole } from '../../core/reading/roles';
import type { EndpointName } from '../../contract/endpoints';
import type { SessionState } from '../../contract/people';
import type { Store, UserRow } from '../../storage';
import type { Clock } from '../types';
import { isPassphrase } from './passphrase';

/** What may be asked while nobody is logged in or the screen is locked: nothing of patients. */
const alwaysOpen: ReadonlySet<EndpointName> = new Set<EndpointName>([
  'app.info',
  'settings.get',
  'session.current',
  'session.login',
  'session.unlock',
  'session.lock',
  'session.logout',
  'session.touch',
  // Only takes in, and only of who sits there: what was being typed when the screen was locked.
  'drafts.keep',
]);

export interface SessionOptions {
  store: Store;
  clock: Clock;
  /** 0: never. */
  lockMinutes: () => number;
  changed: (state: SessionState) => void;
  /** log2 of scrypt's N for names that nobody has. */
  cost: number;
}

/**
 * Who sits there. A store without users is open to everybody; with users nothing of patients is answered until one of
 * them is logged in and the screen is not locked. The clock decides, not a timer: whoever asks after the idle time finds
 * the screen locked.
 */
export class Session {
  private userId: string | null = null;
  private locked = false;
  private seenAt = 0;
  private cached: UserRow[] | null = null;
  /** Wrong tries of names that nobody has. */
  private strangers = { failures: 0, failedAt: null as string | null };

  constructor(private readonly options: SessionOptions) {}

  /** Null: nobody, or a store without users. */
  get user(): UserRow | null {
    if (this.userId === null) return null;
    return this.users().find((user) => user.userId === this.userId && !user.disabled) ?? null;
  }

  get hasUsers(): boolean {
    return this.users().length > 0;
  }

  state(): SessionState {
    const { user } = this;
    const hasUsers = this.hasUsers;
    return {
      mode: hasUsers ? 'users' : 'open',
      state: this.locked ? 'locked' : hasUsers && !user ? 'signed-out' : 'open',
      user: user && { userId: user.userId, name: user.name, role: user.role },
    };
  }

  get isOpen(): boolean {
    this.check();
    return this.state().state === 'open';
  }

  /** @throws AppError 'session.needed' */
  assertOpen(name: EndpointName): void {
    if (alwaysOpen.has(name) || this.isOpen) return;
    throw new AppError(
      'session.needed',
      this.locked ? 'The screen is locked.' : 'Nobody is logged in.',
      this.locked ? 'Unlock it with your passphrase.' : 'Log in with your name and passphrase.',
    );
  }

  /** @throws AppError 'session.forbidden' where the user has another role; never in a store without users. */
  assertRole(...roles: UserRole[]): void {
    if (!this.hasUsers || (this.user && roles.includes(this.user.role))) return;
    throw new AppError(
      'session.forbidden',
      `Only ${roles.join(' or ')} may do this.`,
      'Ask somebody with this role to log in.',
    );
  }

  /** Locks the screen once nobody touched it for the idle time. */
  check(): void {
    const minutes = this.options.lockMinutes();
    if (this.locked || minutes === 0 || !this.user) return;
    const now = this.options.clock.now().getTime();
    // Set back: the time that went by is not known, so that it starts anew.
    if (now < this.seenAt) this.seenAt = now;
    if (now - this.seenAt >= minutes * 60_000) this.lock('idle');
  }

  touch(): void {
    this.check();
    if (!this.locked) this.seenAt = this.options.clock.now().getTime();
  }

  lock(why: 'idle' | 'asked'): void {
    if (this.locked || (this.hasUsers && !this.user)) return;
    this.locked = true;
    this.record('session.locked', { why });
    this.tell();
  }

  logout(): void {
    if (this.user) this.record('session.logout', {});
    this.userId = null;
    this.locked = false;
    this.tell();
  }

  /** @throws AppError 'session.refused', 'session.wait' */
  async login(name: string, passphrase: string): Promise<void> {
    const wanted = name.trim().toLowerCase();
    const known = this.users().find((user) => user.name.toLowerCase() === wanted && !user.disabled);
    await this.prove(known ?? null, passphrase);
    this.enter(known!.userId, 'session.login');
  }

  /** In a store without users anybody unlocks. @throws as {@link login} */
  async unlock(passphrase: string): Promise<void> {
    if (!this.locked) return;
    const { user } = this;
    if (this.hasUsers) {
      if (!user) return this.logout();
      await this.prove(user, passphrase);
    }
    this.enter(user?.userId ?? null, 'session.unlocked');
  }

  /** Whoever is logged in says again who they are. @throws as {@link login}, 'session.needed' */
  async proveAgain(passphrase: string): Promise<void> {
    if (!this.hasUsers) return;
    const { user } = this;
    if (!user) throw new AppError('session.needed', 'Nobody is logged in.', 'Log in first.');
    await this.prove(user, passphrase);
  }

  /** @param user null: nobody has this name */
  async prove(user: UserRow | null, passphrase: string): Promise<void> {
    const { store, clock, cost } = this.options;
    const before = user ?? this.strangers;
    const left = secondsLeft(before.failures, before.failedAt, clock.now());
    if (left > 0) {
      throw new AppError('session.wait', `Too many wrong passphrases. Wait ${left} s.`, 'Then try again.', {
        field: String(left),
      });
    }
    const right = await isPassphrase(passphrase, user?.passphrase ?? null, cost);
    // Read again: another try may have ended meanwhile.
    const now = user && this.users().find((other) => other.userId === user.userId);
    if (right && now && !now.disabled) {
      if (now.failures > 0) this.save({ ...now, failures: 0, failedAt: null });
      return;
    }
    const failedAt = clock.now().toISOString();
    const failures = (now ?? this.strangers).failures + 1;
    if (now) this.save({ ...now, failures, failedAt });
    else this.strangers = { failures, failedAt };
    // Not the name that was typed: of a stranger it may be a passphrase in the wrong place.
    store.appendAudit({
      at: failedAt,
      type: 'session.refused',
      studyId: null,
      payload: now ? { userId: now.userId, reviewer: now.name, failures } : { userId: null, failures },
    });
    throw new AppError(
      'session.refused',
      'Name and passphrase do not fit together.',
      'Check both and try again.',
    );
  }

  /** A store's first user is in at once: it was open before. */
  enter(userId: string | null, type: 'session.login' | 'session.unlocked'): void {
    if (this.user && this.userId !== userId) this.record('session.logout', { by: 'another login' });
    this.userId = userId;
    this.locked = false;
    this.seenAt = this.options.clock.now().getTime();
    this.record(type, {});
    this.tell();
  }

  private record(type: string, payload: object): void {
    const { user } = this;
    this.options.store.appendAudit({
      at: this.options.clock.now().toISOString(),
      type,
      studyId: null,
      payload: { ...(user && { userId: user.userId, reviewer: user.name }), ...payload },
    });
  }

  private tell(): void {
    this.options.changed(this.state());
  }

  users(): readonly UserRow[] {
    return (this.cached ??= this.options.store.listUsers());
  }

  save(row: UserRow): void {
    this.options.store.putUser(row);
    this.cached = null;
  }
}
