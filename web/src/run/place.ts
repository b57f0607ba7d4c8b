// Where somebody is, if they want it noted: asked for once, kept for a minute, and never waited for long.

const wish = "watchkeep-place";

export function notesPlace(): boolean {
  return localStorage.getItem(wish) === "yes";
}

export function notePlace(on: boolean): void {
  if (on) localStorage.setItem(wish, "yes");
  else localStorage.removeItem(wish);
}

/** Latitude, longitude and metres of doubt; empty where it is not wanted, not known or not told in time. */
export function whereNow(): Promise<string> {
  if (!notesPlace() || !("geolocation" in navigator)) return Promise.resolve("");
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done(`${coords.latitude.toFixed(5)},${coords.longitude.toFixed(5)} ±${Math.round(coords.accuracy)} m`),
      () => done(""),
      { maximumAge: 60_000, timeout: 1500 },
    );
  });
}
