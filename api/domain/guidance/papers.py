"""Papers and guidelines cited by the guidance."""

from api.domain.guidance.definition import Citation

RASTELLI = Citation(
    "Rastelli AL et al. 2011, Breast Cancer Res Treat 129:107 (n=60, 50,000 IU vitamin D2)",
    pmid="21691817",
    doi="10.1007/s10549-011-1644-6",
)
SHAPIRO = Citation(
    "Shapiro AC et al. 2016, Breast Cancer Res Treat 155:501 (n=113)", doi="10.1007/s10549-016-3710-6"
)
NIRAVATH = Citation(
    "Niravath P et al. 2019, Breast Cancer Res Treat 177:427 (n=93, prevention, open)",
    pmid="31218477",
    doi="10.1007/s10549-019-05319-4",
)
HOPE = Citation(
    "Irwin ML et al. 2015 (HOPE), J Clin Oncol 33:1104 (n=121)",
    pmid="25452437",
    doi="10.1200/JCO.2014.57.1547",
)
COCHRANE = Citation(
    "Roberts KE et al. 2020, Cochrane Database Syst Rev 1:CD012988 (exercise)",
    pmid="31994181",
    doi="10.1002/14651858.CD012988.pub2",
)
SIO_ASCO = Citation(
    "Mao JJ et al. 2022 (SIO-ASCO guideline), J Clin Oncol 40:3998", doi="10.1200/JCO.22.01357"
)
S1200 = Citation(
    "Hershman DL et al. 2018 (SWOG S1200), JAMA 320:167 (n=226)",
    pmcid="PMC6583520",
    doi="10.1001/jama.2018.8907",
)
S1202 = Citation(
    "Henry NL et al. 2018 (SWOG S1202), J Clin Oncol 36:326", pmid="29136387", doi="10.1200/JCO.2017.74.6651"
)
S0927 = Citation("SWOG S0927 (omega-3 against placebo)", pmcid="PMC4451174")
KUBO = Citation("Kubo M et al. 2012, Anticancer Res 32:2331 (n=27, no control)", pmid="22641670")
SJS = Citation(
    "Creamer D et al. 2016, UK guidelines for Stevens-Johnson syndrome and toxic epidermal necrolysis, "
    "Br J Dermatol 174:1194",
    pmid="27317286",
)
ATOLL = Citation("Briot K et al. 2010 (ATOLL), Breast Cancer Res Treat 120:127 (n=179)", pmid="20035381")
HENRY_2012 = Citation("Henry NL et al. 2012 (ELPh, n=503)", pmid="22331951")
KADAKIA_2017 = Citation(
    "Kadakia KC et al. 2017, Breast Cancer Res Treat 164:411 (n=83)",
    pmid="28451964",
    pmcid="PMC5517133",
    doi="10.1007/s10549-017-4260-2",
)
CHIM = Citation("Chim K et al. 2013, BMC Cancer 13:401 (n=437)", doi="10.1186/1471-2407-13-401")
HERSHMAN_2011 = Citation(
    "Hershman DL et al. 2011, Breast Cancer Res Treat 126:529 (n=8,769)", doi="10.1007/s10549-010-1132-4"
)
S1105 = Citation("SWOG S1105 (n=702, text messages)", pmcid="PMC7325363")
ACS_ASCO = Citation(
    "Runowicz CD et al. 2016 (ACS/ASCO survivorship guideline), J Clin Oncol 34:611",
    doi="10.1200/JCO.2015.64.3809",
)
ONSET = Citation("onset and grip strength in 52 patients", pmcid="PMC3504184")
MAO_2013 = Citation("survey of 300 patients: onset and severity", pmcid="PMC3569524")
CASTEL = Citation("Castel LD et al. 2013, Cancer", doi="10.1002/cncr.28016")
