// The product's own store, without its screens.
import { store } from "/static/tablet/store.js";

store.start();
window.store = store;
