// The code of a point: read from a picture where the device can, typed where it cannot.
import { icon, make } from "../dom";

interface Detector {
  detect(image: ImageBitmap): Promise<{ rawValue: string }[]>;
}
declare const BarcodeDetector: (new () => Detector) | undefined;

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `codes` are digests of what is right; the server looks again. */
export function scanner(
  id: string,
  codes: string[],
  refuse: (words: string) => void,
  give: (code: string) => void,
): { element: HTMLElement; save: () => Promise<void> } {
  const input = make("input", { type: "text", id, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", "data-first": "" });
  const element = make("div", { class: "stack" }, make("div", { class: "field" }, make("label", { for: id }, "Code of the point"), input));
  const save = async () => {
    const code = input.value.trim();
    if (!code) return refuse("Scan or type the code first.");
    const known = codes.length > 0 && "subtle" in crypto ? codes.includes(await digest(code)) : true;
    if (!known) return refuse(`${code} is not the code of this point; scan the one that hangs here.`);
    give(code);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") void save();
  });
  if (typeof BarcodeDetector !== "undefined") {
    const picture = make("input", { type: "file", accept: "image/*", capture: "environment", id: `${id}-camera`, class: "vh" });
    picture.addEventListener("change", () => {
      const file = picture.files?.[0];
      if (file) void read(file);
    });
    const read = async (file: File) => {
      const found = await new BarcodeDetector!().detect(await createImageBitmap(file)).catch(() => []);
      const code = found[0]?.rawValue;
      if (!code) return refuse("No code was found in this picture; come closer, or type it.");
      input.value = code;
      await save();
    };
    element.append(picture, make("label", { class: "btn usual big", for: `${id}-camera` }, icon("scan"), "Scan"));
  }
  return { element, save };
}
