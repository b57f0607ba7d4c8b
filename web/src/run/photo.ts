// A picture by the camera of the device, made small enough to wait and to be sent over a weak connection.
import { icon, make } from "../dom";

/** Longest side in pixels. */
const side = 1600;

export interface Shot {
  blob: Blob;
  name: string;
}

/** A picture no larger than needed; as it came where the device cannot draw it. */
async function smaller(file: File): Promise<Shot> {
  const name = file.name || "picture.jpg";
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, side / Math.max(image.width, image.height));
    const canvas = make("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    return blob ? { blob, name: name.replace(/\.\w+$/, ".jpg") } : { blob: file, name };
  } catch {
    return { blob: file, name };
  }
}

/** A control that takes one picture and shows that it has it. */
export function photo(id: string, label: string): { element: HTMLElement; taken: () => Shot | undefined } {
  let shot: Shot | undefined;
  const input = make("input", { type: "file", accept: "image/*", capture: "environment", id, class: "vh" });
  const words = make("span", {}, label);
  const element = make("div", { class: "photo" }, input, make("label", { class: "btn usual big", for: id }, icon("camera"), words));
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (!file) return;
    words.textContent = "Making it smaller…";
    void smaller(file).then((made) => {
      shot = made;
      words.textContent = `${made.name} taken (${Math.max(1, Math.round(made.blob.size / 1024))} KB)`;
      element.dataset.taken = "";
    });
  });
  return { element, taken: () => shot };
}
