"""The sentences of the model card, in Spanish and in English."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "point": ".", "thousands": ",", "few": "too few", "all": "all",
        "es": "Spanish", "ca": "Catalan", "gl": "Galician", "eu": "Basque", "pt": "Portuguese", "en": "English",
        "complaint": "complaint", "question": "question", "criticism": "criticism", "praise": "praise",
        "suggestion": "suggestion", "crisis": "crisis", "target": "target", "service": "service",
        "language": "language", "whole": "whole", "first 6 words": "first 6 words",
        "other language": "another language", "cleaning": "cleaning", "waste": "waste", "lighting": "lighting",
        "parks": "parks", "noise": "noise", "roadworks": "roadworks", "mobility": "traffic and parking",
        "sport": "sport", "animals": "animals", "culture": "culture and fiestas", "participation": "participation",
        "water": "water", "safety": "safety", "social": "social services", "tourism": "tourism",
        "environment": "environment", "taxes": "taxes and fees", "housing": "housing", "emergency": "emergencies",
        "transport": "public transport", "health": "health", "education": "education", "employment": "employment",
        "paperwork": "paperwork", "digital": "website and e-office", "other": "other matters",
        "title": "# The trained tagger: model card\n\n[En español](model-card.es.md)",
        "made": "This is the artefact `{identity}` (recipe {recipe}, features {features}, seed {seed}). This page is"
        " written from it by `corrillo model-card docs`; do not edit it by hand.",
        "own": "It was made an institution's own: {count} corrections were learned on top of `{base}`. The figures"
        " below are those of the latter.",
        "uses": "## What it is for\n\nTo sort what citizens say of an administration in public: complaint, question,"
        " criticism, praise, suggestion, crisis, so that a communication team reads first what waits for it. It"
        " reads Spanish, Catalan, Galician, Basque, Portuguese and English, needs no network and shows, with each"
        " tag, the words that carried it.",
        "not": "## What it must not be used for\n\n- To decide anything about a person, or to make a profile of one.\n"
        "- To infer what somebody votes or believes.\n- To answer, delete or report posts without a person who reads"
        " them first.\n- As the only alarm in an emergency: it misses some, and it is no substitute for 112.\n- To"
        " compare administrations or politicians with each other: who is heard more is not who does worse.\n- On"
        " private messages: it was made for what is public.",
        "data": "## What it was trained on\n\nThe corpus of this project (posts that were written for it, so that no"
        " citizen's text stands in the package) and, by their ids, public sets of real texts with our labels or"
        " their authors' answers. The texts of others are not in the package. The labels are mostly one annotator's"
        " each: where two people would disagree, it learned one of them.",
        "data_head": "| set | texts | licence | hash |",
        "measured": "## How good it is\n\nAverage precision: if posts are read from the highest score down, how many"
        " of those read are right, on average (1 is perfect; by chance it is the share in brackets at the end). In"
        " square brackets, between what it lies in 95 of 100 samples drawn again by thread, event or near twins."
        " Every figure is of texts that the measured model had not seen.",
        "places": "### In places that nothing was learned from\n\nThe whole set is left out, then judged: this is what"
        " to expect of a new network or a new town, and the figures to go by.",
        "languages": "### By language\n\nIn parts, with everything of a thread, event or near twins on one side. Most"
        " of these texts were written for this project: real posts are harder. Of Catalan, Galician, Basque and"
        " Portuguese there is hardly anything else.",
        "accuracy": "### Target, service and language\n\nShare of right answers in sets that nothing was learned from: of the"
        " target where it is administration or government, of the service everywhere and of each one. Of languages,"
        " an answer of “unknown” counts as wrong; of other languages it is the right one.",
        "accuracy_head": "| what | where | texts | right |",
        "thresholds": "### When a score becomes a tag\n\nFrom the score on at which giving the tag costs less than"
        " leaving it out; a missed crisis is dearer than other tags. `[tagging.missed]` in `corrillo.toml` sets other"
        " costs. Off: how far scores lie from the truth, on average.",
        "decision_head": "| tag | from | precision | recall | F1 | off |",
        "reliability": "### How far scores can be believed\n\nOn the dashed line a score of 60 % is right in 60 of 100"
        " texts. Measured in places that nothing was learned from.\n\n"
        "![What scores say against how often they are true, for each tag]({picture})",
        "limits": "## What it is bad at\n\n- Irony without a sign, and what one has to know the town for.\n- Headlines"
        " that report what others judge; what is quoted weighs less, on purpose.\n- Questions without a question"
        " mark, and requests that are half a complaint.\n- Very short texts and languages other than the six: it"
        " gives few tags, and that is meant so.\n- It was trained on posts of Spain; other countries call their"
        " services otherwise.",
        "again": "## To repeat it\n\n`make model DATA=…` trains it again, to the last bit where the sets and packages"
        " are the same; `corrillo evaluate FILE` measures it on your own labelled texts; `corrillo train"
        " --with-corrections` makes it your own.",
    },
    "es": {
        "point": ",", "thousands": ".", "few": "muy pocos", "all": "todo",
        "es": "castellano", "ca": "catalán", "gl": "gallego", "eu": "euskera", "pt": "portugués", "en": "inglés",
        "complaint": "queja", "question": "consulta", "criticism": "crítica", "praise": "elogio",
        "suggestion": "propuesta", "crisis": "emergencia", "target": "destinatario", "service": "servicio",
        "language": "idioma", "whole": "entero", "first 6 words": "primeras 6 palabras",
        "other language": "otro idioma", "cleaning": "limpieza", "waste": "residuos", "lighting": "alumbrado",
        "parks": "parques", "noise": "ruido", "roadworks": "obras y calles", "mobility": "tráfico y aparcamiento",
        "sport": "deporte", "animals": "animales", "culture": "cultura y fiestas", "participation": "participación",
        "water": "agua", "safety": "seguridad", "social": "servicios sociales", "tourism": "turismo",
        "environment": "medio ambiente", "taxes": "impuestos y tasas", "housing": "vivienda",
        "emergency": "emergencias", "transport": "transporte público", "health": "salud", "education": "educación",
        "employment": "empleo", "paperwork": "trámites", "digital": "web y sede electrónica",
        "other": "otros asuntos",
        "real: comments on proposals": "real: comentarios a propuestas",
        "real: tweets of crises": "real: tuits de emergencias",
        "real: tweets of politicians": "real: tuits de políticos",
        "written: ordinary posts in Spanish": "escrito: mensajes corrientes en castellano",
        "written: ordinary posts in other languages": "escrito: mensajes corrientes en otros idiomas",
        "written: single lines": "escrito: frases sueltas",
        "title": "# El etiquetador entrenado: ficha del modelo\n\n[In English](model-card.md)",
        "made": "Es el artefacto `{identity}` (receta {recipe}, rasgos {features}, semilla {seed}). Esta página la"
        " escribe a partir de él `corrillo model-card docs`; no se edita a mano.",
        "own": "Es propio de una institución: se aprendieron {count} correcciones a partir de `{base}`. Las cifras"
        " que siguen son las de este último.",
        "uses": "## Para qué sirve\n\nPara ordenar lo que la ciudadanía dice en público de una administración: queja,"
        " consulta, crítica, elogio, propuesta, emergencia; así el equipo de comunicación lee primero lo que le"
        " espera. Lee castellano, catalán, gallego, euskera, portugués e inglés, no necesita red y enseña, con cada"
        " etiqueta, las palabras que la motivaron.",
        "not": "## Para qué no debe usarse\n\n- Para decidir nada sobre una persona, ni para hacer un perfil de nadie.\n"
        "- Para deducir qué vota o qué cree alguien.\n- Para contestar, borrar o denunciar mensajes sin que antes los"
        " lea una persona.\n- Como única alarma en una emergencia: se le escapan algunas y no sustituye al 112.\n- Para"
        " comparar administraciones o políticos entre sí: de quien más se habla no es quien peor lo hace.\n- Con"
        " mensajes privados: está hecho para lo público.",
        "data": "## Con qué se entrenó\n\nCon el corpus de este proyecto (mensajes escritos para él, de modo que en el"
        " paquete no hay ningún texto de la ciudadanía) y, por sus identificadores, con conjuntos públicos de textos"
        " reales con nuestras etiquetas o las respuestas de sus autores. Los textos ajenos no están en el paquete."
        " Casi todas las etiquetas son de una sola persona: donde dos no estarían de acuerdo, aprendió de una.",
        "data_head": "| conjunto | textos | licencia | huella |",
        "measured": "## Cómo de bueno es\n\nPrecisión media: si se leen los mensajes de mayor a menor puntuación,"
        " cuántos de los leídos son acertados, de media (1 es perfecto; al azar es la proporción entre paréntesis al"
        " final). Entre corchetes, entre qué valores queda en 95 de 100 muestras repetidas por hilo, suceso o"
        " casi gemelos. Toda cifra es de textos que el modelo medido no había visto.",
        "places": "### En lugares de los que no se aprendió nada\n\nSe deja fuera el conjunto entero y después se"
        " juzga: es lo que cabe esperar de una red o un pueblo nuevos, y las cifras por las que guiarse.",
        "languages": "### Por idioma\n\nPor partes, con todo lo de un hilo, suceso o casi gemelos en el mismo lado. La"
        " mayoría de estos textos se escribieron para este proyecto: los mensajes reales son más difíciles. De"
        " catalán, gallego, euskera y portugués apenas hay otra cosa.",
        "accuracy": "### Destinatario, servicio e idioma\n\nProporción de respuestas acertadas en conjuntos de los que no se"
        " aprendió nada: del destinatario, donde es la administración o el gobierno; del servicio, en todo y de cada"
        " uno. Del idioma, «desconocido» cuenta como error, salvo en otros idiomas, donde es lo correcto.",
        "accuracy_head": "| qué | dónde | textos | aciertos |",
        "thresholds": "### Cuándo una puntuación se vuelve etiqueta\n\nDesde la puntuación en que ponerla cuesta menos"
        " que dejarla fuera; una emergencia que se escapa es más cara que otras etiquetas. `[tagging.missed]` en"
        " `corrillo.toml` fija otros costes. Desvío: lo que las puntuaciones se apartan de la verdad, de media.",
        "decision_head": "| etiqueta | desde | precisión | exhaustividad | F1 | desvío |",
        "reliability": "### Hasta dónde creer las puntuaciones\n\nSobre la línea discontinua, una puntuación del 60 %"
        " acierta en 60 de cada 100 textos. Medido en lugares de los que no se aprendió nada.\n\n"
        "![Lo que dicen las puntuaciones frente a cuántas veces es cierto, por etiqueta]({picture})",
        "limits": "## Qué hace mal\n\n- La ironía sin señales, y aquello para lo que hay que conocer el pueblo.\n- Los"
        " titulares que cuentan lo que otros juzgan; lo citado pesa menos, a propósito.\n- Las consultas sin signo de"
        " interrogación y las peticiones que son media queja.\n- Los textos muy cortos y los idiomas que no son los"
        " seis: da pocas etiquetas, y así se quiere.\n- Se entrenó con mensajes de España; otros países llaman de"
        " otro modo a sus servicios.",
        "again": "## Para repetirlo\n\n`make model DATA=…` lo vuelve a entrenar, idéntico hasta el último bit si los"
        " conjuntos y los paquetes son los mismos; `corrillo evaluate FICHERO` lo mide con textos etiquetados"
        " propios; `corrillo train --with-corrections` lo hace propio.",
    },
}  # fmt: skip
"""By language, then by name: sentences, words, and how numbers are written."""
