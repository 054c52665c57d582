// What the whole demo has beside free play. This script comes before the
// demo's, which takes from it what the page has a place for.

import { Tour } from "./tour.js";
import { Training } from "./training.js";

self.demoGuide = { Tour, Training };
