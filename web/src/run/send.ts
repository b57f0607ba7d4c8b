// Sends what waits, one after the other and each exactly once: its key makes a repeated call the same call.
import { drop, put, waiting } from "./keep";
import type { Run, Waiting } from "./kinds";

/** What sending came to: all sent, no connection, or somebody has to sign in first. */
export type Outcome = "sent" | "offline" | "signed-out";

interface Problem {
  title?: string;
  detail?: string;
}

class Away extends Error {}

async function call(address: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(address, { ...init, redirect: "manual" });
  } catch {
    throw new Away("no connection");
  }
  // Too busy to take it: as good as no connection, it waits.
  if (answer.status >= 500 || answer.status === 429) throw new Away("busy");
  return answer;
}

/** The run as the server has it; nothing if it cannot be had, or is not for this person any more. */
export async function fetchRun(id: number): Promise<Run | "offline" | "signed-out" | "gone"> {
  try {
    const answer = await call(`/run/${id}/state`, { headers: { accept: "application/json" } });
    if (answer.type === "opaqueredirect") return "signed-out";
    return answer.ok ? ((await answer.json()) as Run) : "gone";
  } catch (error) {
    if (error instanceof Away) return "offline";
    throw error;
  }
}

async function upload(one: Waiting, csrf: string): Promise<string | Problem | "signed-out"> {
  const file = one.file;
  if (!file) return "";
  const answer = await call(`/run/${one.run}/file?name=${encodeURIComponent(one.fileName ?? "picture.jpg")}`, {
    method: "POST",
    body: file,
    headers: { "content-type": file.type, "x-csrf-token": csrf, accept: "application/json" },
  });
  if (answer.type === "opaqueredirect") return "signed-out";
  if (answer.ok) return ((await answer.json()) as { file: string }).file;
  return { title: String(answer.status), detail: "the server did not take the picture" };
}

/** Sends one thing; true when it is done with, one way or the other. */
async function send(one: Waiting, csrf: string): Promise<"done" | "refused" | "signed-out"> {
  const refuse = async (problem: Problem) => {
    await put({ ...one, problem: problem.detail ?? "the server did not take it", conflict: problem.title === "answered" });
    return "refused" as const;
  };
  const file = await upload(one, csrf);
  if (file === "signed-out") return file;
  if (typeof file !== "string") return refuse(file);
  const body = file ? { ...one.body, file } : one.body;
  const answer = await call(`/api/procedure_run/${one.run}/moves/${one.act}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", "x-csrf-token": csrf, "idempotency-key": one.key },
  });
  if (answer.status === 401) return "signed-out";
  if (answer.ok) {
    if (one.id !== undefined) await drop(one.id);
    return "done";
  }
  return refuse((await answer.json().catch(() => ({}))) as Problem);
}

/** Sends what waits for this run in the order in which it was done; what is refused stays, for a person to decide. */
export async function flush(run: Run): Promise<Outcome> {
  const mine = (await waiting()).filter((one) => one.run === run.id && one.person === run.person && !one.problem);
  try {
    for (const one of mine) if ((await send(one, run.csrf)) === "signed-out") return "signed-out";
  } catch (error) {
    if (error instanceof Away) return "offline";
    throw error;
  }
  return "sent";
}

/** Only one page of a device sends at a time. */
export async function alone<T>(act: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request("watchkeep-runs", act) : act();
}
