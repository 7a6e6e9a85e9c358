import { createHash } from 'node:crypto';
import type { AuditInput, AuditRecord } from './types';
import type { Connection, Row } from './database';

const noHash = '0'.repeat(64);

/**
 * Hash chain: each record holds sha256(previous hash, own content), and `audit_head` says where the chain ends.
 * A flipped, deleted, reordered, inserted or cut record breaks it (docs: RELIABILITY A1).
 */
function hashOf(record: Omit<AuditRecord, 'hash' | 'payload'>, payloadJson: string): string {
  const content = JSON.stringify([record.seq, record.at, record.type, record.studyId, payloadJson]);
  return createHash('sha256').update(record.previousHash).update('\n').update(content).digest('hex');
}

/** Call inside a transaction: record and head belong together. */
export function append(connection: Connection, input: AuditInput): AuditRecord {
  const head = connection.get('SELECT seq, hash FROM audit_head WHERE id = 1');
  const seq = Number(head?.['seq'] ?? 0) + 1;
  const previousHash = String(head?.['hash'] ?? noHash);
  const payload = JSON.stringify(input.payload ?? null);
  const hash = hashOf({ ...input, seq, previousHash }, payload);
  connection.run(
    'INSERT INTO audit (seq, at, type, study_id, payload, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [seq, input.at, input.type, input.studyId, payload, previousHash, hash],
  );
  connection.run(
    'INSERT INTO audit_head (id, seq, hash) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash',
    [seq, hash],
  );
  return { ...input, seq, previousHash, hash };
}

export function list(connection: Connection, studyId?: string): AuditRecord[] {
  const rows =
    studyId === undefined
      ? connection.all('SELECT * FROM audit ORDER BY seq')
      : connection.all('SELECT * FROM audit WHERE study_id = ? ORDER BY seq', [studyId]);
  return rows.map(whole);
}

const whole = (row: Row): AuditRecord => ({
  ...bare(row),
  payload: JSON.parse(String(row['payload'])) as unknown,
});

/** Of one study, the records from number `seq` on, oldest first. */
export const since = (connection: Connection, studyId: string, seq: number): AuditRecord[] =>
  connection
    .all('SELECT * FROM audit WHERE study_id = ? AND seq >= ? ORDER BY seq', [studyId, seq])
    .map(whole);

export function verify(connection: Connection): { records: number; problems: string[] } {
  const problems: string[] = [];
  let expectedSeq = 1;
  let previousHash = noHash;
  const rows = connection.all('SELECT * FROM audit ORDER BY seq');
  for (const row of rows) {
    const record = bare(row);
    if (record.seq !== expectedSeq) problems.push(`record ${expectedSeq} is missing`);
    if (record.previousHash !== previousHash)
      problems.push(`record ${record.seq} does not follow the one before it`);
    if (hashOf(record, String(row['payload'])) !== record.hash)
      problems.push(`record ${record.seq} was changed`);
    expectedSeq = record.seq + 1;
    previousHash = record.hash;
  }
  const head = connection.get('SELECT seq, hash FROM audit_head WHERE id = 1');
  if (Number(head?.['seq'] ?? 0) !== expectedSeq - 1 || String(head?.['hash'] ?? noHash) !== previousHash) {
    problems.push('the end of the chain is not where the store last left it');
  }
  return { records: rows.length, problems };
}

function bare(row: Row): Omit<AuditRecord, 'payload'> {
  return {
    seq: Number(row['seq']),
    at: String(row['at']),
    type: String(row['type']),
    studyId: row['study_id'] === null ? null : String(row['study_id']),
    previousHash: String(row['previous_hash']),
    hash: String(row['hash']),
  };
}
