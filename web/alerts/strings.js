/** Everything that the page of an alert says by itself, in French and English. */

const N = "\u202f";
const S = "\u00a0";

export const STRINGS = {
  fr: {
    own: "Français",
    tongues: "Langue de la page",
    busy: "Un instant…",
    asked: {
      title: "Être prévenu des nouvelles dates",
      lead: `Vous recevrez un e-mail par jour au plus, seulement s’il y a du neuf${S}:`,
    },
    active: { title: "Votre alerte est active", lead: `Nous vous écrivons, une fois par jour au plus, s’il y a du neuf${S}:` },
    everything: "Toutes les nouvelles dates du campus.",
    confirm: "Oui, prévenez-moi",
    forget: "Non, oublier cette demande",
    end: "Arrêter cette alerte",
    confirmed: `C’est noté${N}! Nous vous écrivons dès qu’il y a du neuf.`,
    ended: { title: "C’est arrêté", lead: "Vous ne recevrez plus rien, et nous n’avons rien gardé." },
    endedSay: "L’alerte est arrêtée.",
    lost: {
      title: "Ce lien n’ouvre rien",
      lead: "L’alerte est arrêtée, le délai de sept jours est passé, ou une partie de l’adresse s’est perdue en chemin.",
    },
    down: { title: "La page ne répond pas pour l’instant", lead: "Réessayez dans un moment." },
    network: "Le réseau ne répond pas. Réessayez.",
    retry: "Réessayer",
  },
  en: {
    own: "English",
    tongues: "Language of the page",
    busy: "One moment…",
    asked: {
      title: "Hear of new dates",
      lead: "You will get one e-mail a day at most, and only if there is news:",
    },
    active: { title: "Your alert is on", lead: "We write to you, once a day at most, if there is news:" },
    everything: "All new dates of the campus.",
    confirm: "Yes, tell me",
    forget: "No, forget this request",
    end: "Stop this alert",
    confirmed: "Noted! We will write as soon as there is news.",
    ended: { title: "Stopped", lead: "You will get nothing more, and we have kept nothing." },
    endedSay: "The alert is stopped.",
    lost: {
      title: "This link opens nothing",
      lead: "The alert was stopped, the seven days are over, or a part of the address was lost on the way.",
    },
    down: { title: "The page does not answer for now", lead: "Please try again in a moment." },
    network: "The network does not answer. Please try again.",
    retry: "Try again",
  },
};
