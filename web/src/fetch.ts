// Requests to our own server: the CSRF token goes along, answers are text or JSON.
import { one } from "./dom";

export function csrf(): string {
  return one<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";
}

export async function getJson<T>(address: string, signal?: AbortSignal): Promise<T | null> {
  const answer = await fetch(address, { headers: { accept: "application/json" }, signal });
  return answer.ok ? ((await answer.json()) as T) : null;
}

export async function getFragment(address: string): Promise<string | null> {
  const answer = await fetch(address, { headers: { accept: "text/html", "hx-request": "true" } });
  if (answer.redirected && new URL(answer.url).pathname.startsWith("/sign-in")) {
    location.reload();
    return null;
  }
  return answer.ok ? answer.text() : null;
}

/** Adds the token to every request htmx makes and to every form that lacks it. */
export function guardRequests(): void {
  document.addEventListener("htmx:config:request", (event) => {
    const detail = (event as CustomEvent<{ ctx: { request: { headers: Record<string, string> } } }>).detail;
    detail.ctx.request.headers["x-csrf-token"] = csrf();
  });
}
