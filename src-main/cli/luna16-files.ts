import type { Luna16Data, Luna16Mark, Luna16Nodule } from '../core/evaluation/luna16';
import { csvRecords, readCsv, type CsvRecord } from './csv-table';

const center = (row: CsvRecord): [number, number, number] => [
  row.number('coordX'),
  row.number('coordY'),
  row.number('coordZ'),
];
const place = ['seriesuid', 'coordX', 'coordY', 'coordZ'];

/**
 * The files of the LUNA16 challenge, as its script reads them: annotations and excluded findings
 * (seriesuid,coordX,coordY,coordZ,diameter_mm), the list of series (one a line, no header), predictions
 * (seriesuid,coordX,coordY,coordZ,probability).
 * @throws AppError file.unreadable, file.malformed with file, line and column
 */
export function readLuna16(files: {
  readonly annotations: string;
  readonly excluded: string;
  readonly series: string;
  readonly predictions: string;
}): Luna16Data {
  return {
    series: readSeries(files.series),
    annotations: readNodules(files.annotations),
    excluded: readNodules(files.excluded),
    predictions: csvRecords(files.predictions, [...place, 'probability']).map((row): Luna16Mark => ({
      series: row.text('seriesuid'),
      center: center(row),
      score: row.number('probability'),
    })),
  };
}

const readNodules = (file: string): Luna16Nodule[] =>
  csvRecords(file, [...place, 'diameter_mm']).map((row) => ({
    series: row.text('seriesuid'),
    center: center(row),
    diameter: row.number('diameter_mm'),
  }));

function readSeries(file: string): string[] {
  const series = readCsv(file).map((row) => row.cells[0]!);
  // The challenge's own list has no header; lists made by other programs often do.
  return series[0] === 'seriesuid' ? series.slice(1) : series;
}
