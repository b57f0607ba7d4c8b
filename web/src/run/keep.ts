// What stays on the device until the server has it: an outbox, and each run as it was last seen.
import type { Run, Waiting } from "./kinds";

const opened = new Promise<IDBDatabase>((done, failed) => {
  const request = indexedDB.open("watchkeep-runs", 1);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore("outbox", { keyPath: "id", autoIncrement: true });
    request.result.createObjectStore("runs", { keyPath: "id" });
  });
  request.addEventListener("success", () => done(request.result));
  request.addEventListener("error", () => failed(request.error ?? new Error("the device keeps nothing")));
});

async function within<T>(store: string, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await opened).transaction(store, mode, { durability: "strict" });
  const request = act(transaction.objectStore(store));
  return new Promise((done, failed) => {
    transaction.addEventListener("complete", () => done(request.result));
    transaction.addEventListener("abort", () => failed(transaction.error ?? new Error("the device keeps nothing")));
  });
}

/** Everything that waits, in the order in which it was done. */
export function waiting(): Promise<Waiting[]> {
  return within<Waiting[]>("outbox", "readonly", (store) => store.getAll());
}

/** Kept on the device once this resolves, whatever happens to the page. */
export async function put(one: Waiting): Promise<void> {
  await within("outbox", "readwrite", (store) => store.put(one));
}

export async function drop(id: number): Promise<void> {
  await within("outbox", "readwrite", (store) => store.delete(id));
}

export async function remember(run: Run): Promise<void> {
  await within("runs", "readwrite", (store) => store.put({ ...run, csrf: "" }));
}

export function remembered(id: number): Promise<Run | undefined> {
  return within<Run | undefined>("runs", "readonly", (store) => store.get(id));
}
