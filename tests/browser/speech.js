// A tablet with voices, as a test asks for them: window.voices = [{lang, localService}]. What is said is
// kept in window.spoken, one utterance after the other, and in window.played what was played from a file.
(() => {
  window.spoken = [];
  window.played = [];
  window.stopped = 0;
  let voices = window.firstVoices ?? [];
  const listeners = new EventTarget();
  const speech = {
    getVoices: () => voices,
    speak(utterance) {
      window.spoken.push({ text: utterance.text, lang: utterance.voice.lang, rate: utterance.rate });
      if (!window.voiceIsSlow) setTimeout(() => utterance.onend?.());
    },
    cancel: () => (window.stopped += 1),
    addEventListener: (...args) => listeners.addEventListener(...args),
  };
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
  window.voicesCome = (come) => {
    voices = come;
    listeners.dispatchEvent(new Event("voiceschanged"));
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    window.played.push({ address: this.src, rate: this.playbackRate });
    return play.call(this);
  };
})();
