"""The legal bases on which personal data may be published, as codes with words. Plain module."""

from __future__ import annotations

from ...i18n_marks import N_

OTHER = "other"

#: Code → what a person reads. The code is kept with the decision, for ever.
LEGAL_BASES: dict[str, str] = {
    "reg-2021-1060-art-49": N_("Art. 49 Reg. (EU) 2021/1060: list of operations of the cohesion funds"),
    "reg-2021-241-art-25a": N_("Art. 25a Reg. (EU) 2021/241: largest final recipients of the recovery plan"),
    "dlgs-33-2013-art-26-27": N_("Arts. 26 and 27 D.Lgs. 33/2013: grants, contributions, subsidies"),
    "dlgs-33-2013": N_("D.Lgs. 33/2013: another duty of publication of the public administration"),
    "dlgs-36-2023": N_("D.Lgs. 36/2023: public contracts"),
    "public-register": N_("A law makes the register public (name it in the reason)"),
    "office-contact": N_("Contacts of an office, not of a person"),
    "not-personal": N_("Looked at: no natural person can be recognised"),
    "consent": N_("Consent of the persons (art. 6(1)(a) Reg. (EU) 2016/679)"),
    OTHER: N_("Another basis (write it)"),
}
