"""Every source that the package knows, those without a key first."""

from __future__ import annotations

from tradeshock.features.fetching.source import Source
from tradeshock.features.publishers.bank_for_settlements import EffectiveRate
from tradeshock.features.publishers.census import CensusImports, CensusOrders
from tradeshock.features.publishers.cpb import WorldTradeMonitor
from tradeshock.features.publishers.customs import (
    CustomsAsean,
    CustomsCountries,
    CustomsGoods,
    CustomsImports,
    CustomsItems,
)
from tradeshock.features.publishers.customs_site import CustomsSite
from tradeshock.features.publishers.ecos import EcosChipPrice, EcosMonths, EcosShares
from tradeshock.features.publishers.energy_information import BrentPrice
from tradeshock.features.publishers.fed import FedProduction, FedRates
from tradeshock.features.publishers.kosis import IctExports
from tradeshock.features.publishers.new_york_fed import SupplyChainPressure
from tradeshock.features.publishers.newspaper_indices import GeopoliticalRisk, PolicyUncertainty
from tradeshock.features.publishers.oecd import SharePrices
from tradeshock.features.publishers.taiwan import MonthlyRevenue
from tradeshock.features.publishers.world_bank import PinkSheet


def all_sources(*, unofficial: bool = False) -> tuple[Source, ...]:
    """One of each source, in the order in which they are asked.

    Parameters
    ----------
    unofficial : bool
        Whether pages for people are among them.

    Notes
    -----
    Where two bring the same series, the later one speaks last: customs' own count after the Bank
    of Korea's.
    """
    sources = (
        FedRates(),
        FedProduction(),
        CensusOrders(),
        CensusImports(),
        BrentPrice(),
        PinkSheet(),
        EffectiveRate(),
        SupplyChainPressure(),
        GeopoliticalRisk(),
        PolicyUncertainty(),
        WorldTradeMonitor(),
        SharePrices(),
        MonthlyRevenue(),
        EcosMonths(),
        EcosChipPrice(),
        EcosShares(),
        IctExports(),
        CustomsSite(),
        CustomsItems(),
        CustomsCountries(),
        CustomsImports(),
        CustomsGoods(),
        CustomsAsean(),
    )
    return tuple(source for source in sources if unofficial or not source.unofficial)
