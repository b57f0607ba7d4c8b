// Starts everything the page uses; each file looks after one idea.
import "htmx.org";
import { watchTheme } from "./appearance";
import { watchDialogs } from "./dialogs";
import { guardRequests } from "./fetch";
import { watchFind } from "./find";
import { watchForms } from "./forms";
import { watchKeys } from "./keys";
import { watchLive } from "./live";
import { watchPalette } from "./palette";
import { watchPickers } from "./pick";
import { watchRows } from "./rows";
import { watchTimes } from "./times";
import { watchToasts } from "./toasts";

guardRequests();
watchTheme();
watchDialogs();
watchForms();
watchRows();
watchPickers();
watchFind();
watchPalette();
watchKeys();
watchTimes();
watchToasts();
watchLive();
document.documentElement.dataset.ready = "";
