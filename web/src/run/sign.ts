// A signature drawn by finger, pen or mouse; by keyboard, one's name is written instead.
import { make } from "../dom";

export function signature(label: string): { element: HTMLElement; drawn: () => Promise<Blob | null> } {
  const canvas = make("canvas", { class: "sign", width: "600", height: "200", role: "img", "aria-label": `${label}: sign here` });
  const name = make("input", { type: "text", autocomplete: "name", placeholder: "or type the name" });
  name.setAttribute("aria-label", "Name in place of a drawn signature");
  const pen = canvas.getContext("2d");
  let used = false;
  let down = false;
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  const clear = () => {
    if (!pen) return;
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = "#18212d";
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    used = false;
  };
  clear();
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    down = true;
    pen?.beginPath();
    pen?.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down || !pen) return;
    pen.lineTo(...at(event));
    pen.stroke();
    used = true;
  });
  canvas.addEventListener("pointerup", () => (down = false));
  canvas.addEventListener("pointercancel", () => (down = false));
  const again = make("button", { type: "button", class: "btn plain" }, "Clear");
  again.addEventListener("click", clear);
  const element = make("div", { class: "stack" }, canvas, make("div", { class: "field" }, name), make("div", {}, again));
  const drawn = async (): Promise<Blob | null> => {
    const typed = name.value.trim();
    if (!used && !typed) return null;
    if (!used && pen) {
      pen.fillStyle = "#18212d";
      pen.font = "italic 44px serif";
      pen.fillText(typed, 24, 120, 552);
    }
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  };
  return { element, drawn };
}
