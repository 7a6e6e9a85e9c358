import type { UserRole } from '../core/reading/roles';
import type { Connection, Row } from './database';
import type { UserRow } from './types';

export const list = (db: Connection): UserRow[] =>
  db.all('SELECT * FROM users ORDER BY created_at, rowid').map(userRow);

export function put(db: Connection, row: UserRow): void {
  db.run(
    `INSERT INTO users (user_id, name, role, passphrase, disabled, failures, failed_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET role = excluded.role, passphrase = excluded.passphrase,
       disabled = excluded.disabled, failures = excluded.failures, failed_at = excluded.failed_at`,
    [
      row.userId,
      row.name,
      row.role,
      row.passphrase,
      Number(row.disabled),
      row.failures,
      row.failedAt,
      row.createdAt,
    ],
  );
}

export function getPlace(db: Connection, reader: string): unknown {
  const row = db.get('SELECT value FROM places WHERE reader = ?', [reader]);
  return row ? (JSON.parse(String(row['value'])) as unknown) : null;
}

export function putPlace(db: Connection, reader: string, value: unknown): void {
  db.run(
    'INSERT INTO places (reader, value) VALUES (?, ?) ON CONFLICT (reader) DO UPDATE SET value = excluded.value',
    [reader, JSON.stringify(value)],
  );
}

const userRow = (row: Row): UserRow => ({
  userId: String(row['user_id']),
  name: String(row['name']),
  role: String(row['role']) as UserRole,
  passphrase: String(row['passphrase']),
  disabled: Number(row['disabled']) === 1,
  failures: Number(row['failures']),
  failedAt: row['failed_at'] === null ? null : String(row['failed_at']),
  createdAt: String(row['created_at']),
});
