import Database from 'libsql';
import { AppError } from '../core/app-error';

/** The little of better-sqlite3's API that the store uses, with bind values always as one array. */
export interface Connection {
  exec(sql: string): void;
  run(sql: string, values?: readonly SqlValue[]): void;
  get(sql: string, values?: readonly SqlValue[]): Row | undefined;
  all(sql: string, values?: readonly SqlValue[]): Row[];
  readonly inTransaction: boolean;
  close(): void;
}
/** Blobs are given as bytes and come back as an ArrayBuffer. */
type SqlValue = string | number | null | Uint8Array | ArrayBuffer;
export type Row = Record<string, SqlValue>;

interface LibsqlOptions {
  encryptionKey: string;
  timeout: number;
}
type LibsqlConstructor = new (path: string, options: LibsqlOptions) => Database.Database;

/**
 * Opens the encrypted file, sets WAL with synchronous=FULL and foreign keys, and reads all three back: a store that
 * would lose an acknowledged decision at a power cut must not open.
 *
 * libsql 0.5.29 carries SQLite 3.45.1, in which two connections that write or checkpoint at once can corrupt a WAL
 * file, so the file is also locked exclusively by the kernel for as long as it is open.
 *
 * @throws AppError 'store.failed' (wrong key, damaged file, no room, read-only folder) or 'store.locked'.
 */
export function connect(file: string, encryptionKey: string): Connection {
  let database: Database.Database;
  try {
    // libsql's types lack `encryptionKey`.
    database = new (Database as unknown as LibsqlConstructor)(file, { encryptionKey, timeout: 0 });
  } catch (error) {
    throw storeError(error);
  }
  const connection = wrap(database);
  try {
    // The first read, before the lasting lock: this is where a wrong key shows.
    connection.get('SELECT count(*) FROM sqlite_master');
    connection.get('PRAGMA locking_mode=EXCLUSIVE');
    connection.get('PRAGMA journal_mode=WAL');
    connection.exec('PRAGMA synchronous=FULL');
    connection.exec('PRAGMA foreign_keys=ON');
    // The lock is taken at the first write and then kept.
    connection.exec('BEGIN EXCLUSIVE; COMMIT');
    assertPragma(connection, 'journal_mode', 'wal');
    assertPragma(connection, 'synchronous', 2);
    assertPragma(connection, 'foreign_keys', 1);
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

function wrap(database: Database.Database): Connection {
  const prepared = new Map<string, Database.Statement>();
  const prepare = (sql: string): Database.Statement => {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, (statement = database.prepare(sql)));
    return statement;
  };
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storeError(error);
    }
  };
  return {
    exec: (sql) => guarded(() => void database.exec(sql)),
    // One array argument: libsql mistakes a lone null for named parameters.
    run: (sql, values = []) => guarded(() => void prepare(sql).run([...values])),
    // Not `get`: that leaves the statement stepped once, and so a read transaction open.
    get: (sql, values = []) => guarded(() => (prepare(sql).all([...values]) as Row[])[0]),
    all: (sql, values = []) => guarded(() => prepare(sql).all([...values]) as Row[]),
    get inTransaction() {
      return database.inTransaction;
    },
    close() {
      // libsql finalises statements only when they are collected, so close() alone keeps the kernel's lock. Leaving WAL
      // writes everything into the one file, and NORMAL locking lets go of it.
      try {
        for (const sql of ['journal_mode=DELETE', 'locking_mode=NORMAL'])
          database.prepare(`PRAGMA ${sql}`).all([]);
        database.prepare('SELECT count(*) FROM sqlite_master').all([]);
      } catch {
        // A full disk or a wrong key: what was committed stays in the WAL file and is read at the next open.
      }
      database.close();
    },
  };
}

function assertPragma(connection: Connection, name: string, expected: SqlValue): void {
  const actual = connection.get(`PRAGMA ${name}`)?.[name];
  if (actual === expected) return;
  throw new AppError(
    'store.failed',
    `The store opened with ${name}=${String(actual)} instead of ${String(expected)}, so decisions would not be safe.`,
    'Move the data folder to a local disk (network folders are not supported), then start again.',
  );
}

/** What each SQLite result code means to the person. SQLite's message goes to the log only (cause). */
export function storeError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = (error as { code?: unknown }).code;
  const text = `${typeof code === 'string' ? code : ''} ${error instanceof Error ? error.message : String(error)}`;
  const known = meanings.find((m) => m.pattern.test(text));
  return new AppError(
    known?.code ?? 'store.failed',
    known?.message ?? 'The store could not be read or written.',
    known?.hint ?? 'Try again; if it happens again, check the disk and report it with the log.',
    undefined,
    { cause: error },
  );
}

const meanings: { pattern: RegExp; code: 'store.failed' | 'store.locked'; message: string; hint: string }[] =
  [
    {
      pattern: /SQLITE_NOTADB|not a database|hmac check|cipher/i,
      code: 'store.failed',
      message:
        'The store cannot be decrypted: the key or passphrase does not belong to it, or the file is damaged.',
      hint: 'Check REGIO_PASSPHRASE, or put back the store.key file this store was made with.',
    },
    {
      pattern: /SQLITE_BUSY|SQLITE_LOCKED|database is locked/i,
      code: 'store.locked',
      message: 'Another program has the store open.',
      hint: 'Close the other Regio window or command, then try again.',
    },
    {
      pattern: /SQLITE_FULL|ENOSPC|disk is full/i,
      code: 'store.failed',
      message: 'The disk is full. The last step was not saved; everything before it was.',
      hint: 'Free some space on the disk of the data folder, then do the last step again.',
    },
    {
      pattern: /SQLITE_READONLY|EROFS|EACCES|EPERM|readonly/i,
      code: 'store.failed',
      message: 'The data folder cannot be written to.',
      hint: 'Make the data folder writable for your account, or set REGIO_DATA_DIR to one that is.',
    },
    {
      pattern: /SQLITE_CANTOPEN|unable to open|ENOENT|ENOTDIR/i,
      code: 'store.failed',
      message: 'The store file cannot be opened.',
      hint: 'Check that the data folder exists and is writable, or set REGIO_DATA_DIR to one that is.',
    },
    {
      pattern: /SQLITE_CORRUPT|malformed/i,
      code: 'store.failed',
      message: 'The store file is damaged.',
      hint: 'Put back a backup of the data folder; keep the damaged one for recovery.',
    },
  ];
