import type { Measurement } from '../core/measure/measurement';
import type { Connection } from './database';
import type { MeasurementRow } from './types';

/** In the order in which they were drawn. */
export const list = (connection: Connection, studyId: string): MeasurementRow[] =>
  connection.all('SELECT * FROM measurements WHERE study_id = ? ORDER BY position', [studyId]).map((row) => ({
    studyId,
    seriesId: String(row['series_id']),
    reader: String(row['reader']),
    measurement: JSON.parse(String(row['body'])) as Measurement,
  }));

/** A new one, or in place of the one of the same id in the same series. */
export function put(
  connection: Connection,
  { studyId, seriesId, reader, measurement }: MeasurementRow,
): void {
  connection.run(
    `INSERT INTO measurements (measurement_id, study_id, series_id, reader, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (measurement_id) DO UPDATE SET body = excluded.body WHERE series_id = excluded.series_id`,
    [measurement.measurementId, studyId, seriesId, reader, JSON.stringify(measurement)],
  );
}

export function remove(connection: Connection, studyId: string, measurementIds: readonly string[]): void {
  for (const measurementId of measurementIds)
    connection.run('DELETE FROM measurements WHERE measurement_id = ? AND study_id = ?', [
      measurementId,
      studyId,
    ]);
}
