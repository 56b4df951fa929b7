import "./refuse-directory.js";
import "/static/tablet/store/worker.js";
