import { fillWorklist } from '../../test-support/made-worklist';
import { Worklist } from '../../src-main/services/worklist';
import { openUserStore } from '../../src-main/services/open-user-store';
import { identityFinder } from '../../src-main/core/study/patient-identity';

/** Fills the store of REGIO_DATA_DIR, then lists it: made anew, kept, and one study changed. Prints milliseconds as JSON. */
const count = Number(process.argv[2]);
const ms = <T>(work: () => T): [number, T] => {
  const start = performance.now();
  const result = work();
  return [Math.round((performance.now() - start) * 10) / 10, result];
};

const store = openUserStore();
try {
  const [fillMs] = ms(() => fillWorklist(store, count));
  const worklist = new Worklist(store);
  const [firstMs, first] = ms(() => worklist.list());
  const keptMs = Array.from({ length: 5 }, () => ms(() => worklist.list())[0]);
  const [identityMs] = ms(() => identityFinder(store.listStudies()));
  const oneMs = Array.from({ length: 20 }, (_, n) => {
    store.setDetection(`series-${n}-0`, 'done', null);
    return ms(() => worklist.some([`study-${n}`]))[0];
  });
  const bytes = JSON.stringify(first).length;
  console.log(JSON.stringify({ count: first.length, fillMs, firstMs, keptMs, identityMs, oneMs, bytes }));
} finally {
  store.close();
}
