import "./refuse-sync-handles.js";
import "/static/tablet/store/worker.js";
